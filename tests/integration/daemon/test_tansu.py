"""The daemon against a broker of another make."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.brokers import tansu, topics
from tests.integration.brokers.lines import benign, breach, poison
from tests.integration.daemon.conftest import Shop


def test_a_mixture_goes_the_whole_way_through_a_death(shop_at: Callable[..., Shop]) -> None:
    """Alerts and dead letters of both halves arrive, the second half after a SIGKILL."""
    shop = shop_at(tansu.bootstrap(), partitions=2)
    shop.write(breach(0), benign(1), poison(2))
    with shop.run() as daemon:
        shop.wait_for_commit(3, partitions=2)
        daemon.kill()
    topics.write(shop.bootstrap, shop.logs, [breach(3), benign(4), poison(5)])
    with shop.run() as daemon:
        shop.wait_for_commit(6, partitions=2)
        assert daemon.terminate() == 0
    assert set(shop.alerts_by_path()) == {"/n/0", "/n/3"}
    assert set(shop.dead_letter_values()) == {poison(2), poison(5)}
