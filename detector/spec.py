"""A bundle's spec: what the network is, how its texts are made, when it alerts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from detector.errors import BundleError
from detector.text import TEXT_FIELDS, TextSettings

FORMAT_VERSION = 1
"""The newest bundle format that this release reads."""

Pooling = Literal["last", "max"]


@dataclass(frozen=True, slots=True)
class Network:
    """A causal character LSTM with two heads, breach and family.

    Attributes:
        embedding: width of a character's vector.
        units: width of the LSTM's state.
        dropout: share of the embedding and of the LSTM's output dropped in training.
        recurrent_dropout: share of the state dropped in training, alike for every character.
        pooling: "last" reads the score after the last character, "max" the highest after any.
        vocabulary: token ids; 256 means one a byte.
    """

    embedding: int
    units: int
    dropout: float
    recurrent_dropout: float
    pooling: Pooling
    vocabulary: int = 256


@dataclass(frozen=True, slots=True)
class Spec:
    """All of a bundle but its numbers.

    Attributes:
        format_version: of the bundle's layout.
        name: the model's name.
        version: the model's version.
        network: its shape.
        text: how canonical texts are made for it.
        families: attack families, by index of the family head.
        threshold: score at or above which an alert is raised, in [0, 1].
    """

    format_version: int
    name: str
    version: str
    network: Network
    text: TextSettings
    families: tuple[str, ...]
    threshold: float

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the name and shape of every weight. Gates stand in Keras order: i, f, c, o."""
        network, families = self.network, len(self.families)
        return {
            "embedding": (network.vocabulary, network.embedding),
            "kernel": (network.embedding, 4 * network.units),
            "recurrent_kernel": (network.units, 4 * network.units),
            "bias": (4 * network.units,),
            "breach_kernel": (network.units, 1),
            "breach_bias": (1,),
            "family_kernel": (network.units, families),
            "family_bias": (families,),
        }

    def to_json(self) -> dict[str, Any]:
        """Returns the spec as spec.json holds it."""
        return asdict(self)


def spec_from_json(found: Any, place: str) -> Spec:  # noqa: ANN401 - what a file holds is unknown
    """Reads a spec, checking every value.

    Args:
        found: what spec.json holds.
        place: the bundle's path, for messages.

    Raises:
        BundleError: a value is missing, unknown, of the wrong type or out of range; or the bundle
            is of a newer format.
    """
    reader = _Reader(place)
    top = reader.keys(found, "spec.json", {"format_version"}, others=True)
    version = reader.whole(top, "format_version")
    if version > FORMAT_VERSION:
        raise BundleError(
            f"{place}: the bundle has format version {version}, this release reads up to "
            f"{FORMAT_VERSION}. Upgrade breachline."
        )
    reader.keys(found, "spec.json", set(Spec.__dataclass_fields__))
    network = reader.keys(top["network"], "network", set(Network.__dataclass_fields__))
    text = reader.keys(top["text"], "text", set(TextSettings.__dataclass_fields__))
    return Spec(
        format_version=version,
        name=reader.string(top, "name"),
        version=reader.string(top, "version"),
        network=Network(
            vocabulary=reader.whole(network, "vocabulary"),
            embedding=reader.whole(network, "embedding"),
            units=reader.whole(network, "units"),
            dropout=reader.share(network, "dropout"),
            recurrent_dropout=reader.share(network, "recurrent_dropout"),
            pooling=reader.choice(network, "pooling"),
        ),
        text=TextSettings(
            fields=reader.names(text, "fields", known=TEXT_FIELDS),
            limit=reader.whole(text, "limit"),
        ),
        families=reader.names(top, "families"),
        threshold=reader.share(top, "threshold"),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    place: str

    def _refuse(self, what: str, found: object, expected: str) -> BundleError:
        return BundleError(
            f"{self.place}: spec.json: found {what} {found!r}, expected {expected}. "
            "Make the bundle anew with `breachline-train fit`."
        )

    def keys(
        self,
        found: Any,  # noqa: ANN401 - JSON
        what: str,
        expected: set[str],
        *,
        others: bool = False,
    ) -> Mapping[str, Any]:
        if not isinstance(found, dict):
            raise self._refuse(what, type(found).__name__, "an object")
        if expected - found.keys() or (found.keys() - expected and not others):
            raise self._refuse(f"{what} with", sorted(found), f"the keys {sorted(expected)}")
        return found

    def whole(self, found: Mapping[str, Any], key: str) -> int:
        value = found[key]
        if type(value) is not int or value < 1:
            raise self._refuse(key, value, "a whole number from 1")
        return value

    def share(self, found: Mapping[str, Any], key: str) -> float:
        value = found[key]
        if type(value) not in (int, float) or not math.isfinite(value) or not 0 <= value <= 1:
            raise self._refuse(key, value, "a number in [0, 1]")
        return float(value)

    def string(self, found: Mapping[str, Any], key: str) -> str:
        value = found[key]
        if not isinstance(value, str) or not value:
            raise self._refuse(key, value, "a name")
        return value

    def choice(self, found: Mapping[str, Any], key: str) -> Pooling:
        for known in get_args(Pooling):
            if found[key] == known:
                return known  # type: ignore[no-any-return]  # get_args gives Any
        raise self._refuse(key, found[key], " or ".join(get_args(Pooling)))

    def names(
        self, found: Mapping[str, Any], key: str, known: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        value = found[key]
        expected = f"names among {', '.join(known)}" if known else "a list of different names"
        if not isinstance(value, list) or not value:
            raise self._refuse(key, value, expected)
        if not all(isinstance(name, str) for name in value) or len(set(value)) < len(value):
            raise self._refuse(key, value, expected)
        if known and set(value) - set(known):
            raise self._refuse(key, sorted(set(value) - set(known)), expected)
        return tuple(value)
