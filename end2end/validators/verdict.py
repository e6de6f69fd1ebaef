"""What every validator's run ends with: the checks that passed and failed, and the exceptions that were named.

An exception is a check whose opposite a requirement demands. It is printed with that requirement each time, and one
that no longer fails is a failure itself: the list cannot grow stale.
"""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Exemption:
    """A check that may fail, in these words alone, and the requirement that demands it."""

    check: str
    words: str
    because: str


@dataclass
class Verdict:
    exceptions: list[Exemption]
    passed: int = 0
    failed: int = 0
    met: set[Exemption] = field(default_factory=set)

    def good(self) -> None:
        self.passed += 1

    def bad(self, check: str, words: str) -> None:
        for exception in self.exceptions:
            if check == exception.check and re.search(exception.words, words):
                self.met.add(exception)
                print(f"  exception  {check}: {words.splitlines()[0]}\n             {exception.because}")
                return
        self.failed += 1
        print(f"  failed     {check}: {words}")

    def skipped(self, check: str, words: str) -> None:
        print(f"  skipped    {check}: {words}")

    def close(self) -> None:
        for exception in set(self.exceptions) - self.met:
            self.failed += 1
            print(f"  failed     {exception.check}: an exception is named that is not needed: {exception.because}")
        print(self.passed, self.failed)
