"""The hotline's Prometheus metrics, in a registry of their own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60)


class Metrics:
    """What the hotline counts. `text` is what /metrics shows."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.heard = self._counter("heard", "Events brought to an end, by channel", ["channel"])
        self.replies = self._counter(
            "replies", "Replies, by script and outcome", ["script", "outcome"]
        )
        self.turn_errors = self._counter("turn_errors", "Turns that raised")
        self.dead = self._counter("dead_letters", "Events given up")
        self.sent = self._counter(
            "deliveries", "Sends, by channel and result", ["channel", "state"]
        )
        self.wait_seconds = self._histogram("inbox_wait", "From accepted to taken")
        self.turn_seconds = self._histogram("turn", "From taken to committed")
        self.send_seconds = self._histogram("send", "From said to delivered")
        self.journal_lines = self._counter("journal_lines", "Journal lines written to SQL")
        self.depth = Gauge(
            "hotline_depth", "Entries waiting, by hop", ["hop"], registry=self.registry
        )
        self.halted = Gauge(
            "hotline_channel_halted", "1 while a channel may not send", ["channel"],
            registry=self.registry,
        )  # fmt: skip

    def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, words: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"hotline_{name}", words, labels or [], registry=self.registry)

    def _histogram(self, name: str, words: str) -> Histogram:
        return Histogram(f"hotline_{name}_seconds", words, buckets=SECONDS, registry=self.registry)
