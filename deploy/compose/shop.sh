#!/bin/sh
# shop.sh BROKER TOPIC: writes a mock shop's access log, ten lines a second, until it is stopped.
set -eu
folder=$(mktemp -d)
breachline-train generate --samples "$folder"
while true; do
  gzip -dc "$folder/shop.jsonl.gz" | while IFS= read -r line; do
    printf '%s\n' "$line"
    sleep 0.1
  done
done | kafka-python producer -b "$1" -t "$2" -l ERROR
