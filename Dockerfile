FROM python:3.12-slim AS build
COPY . /source
RUN /source/deploy/install.sh /source /opt/breachline

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home breachline
COPY --from=build /opt/breachline /opt/breachline
ENV PATH=/opt/breachline/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    BREACHLINE_LISTEN=0.0.0.0:9464
USER 10001
EXPOSE 9464
HEALTHCHECK --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9464/livez', timeout=3)"]
ENTRYPOINT ["breachline"]
CMD ["run"]
