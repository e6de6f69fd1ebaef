"""schemathesis, which makes requests out of what OpenAPI says of Muster and judges every answer by it."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from verdict import Verdict

# Chosen once: a run can be repeated.
SEED = "20261122"
EXAMPLES = "25"
TAKEN = (
    "Identity providers send more and other things than any description says, and what they mean is taken: unknown attributes, "
    "one value for a list, booleans as texts (`wire.md`; each tolerance has its recorded conversation)."
)


def main() -> None:
    address, token = sys.argv[1], os.environ["SCIM_TOKEN"]
    users = [person(address, token, f"member{n}@acme.example") for n in range(3)]
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.ndjson"
        words = [Path(sys.executable).with_name("schemathesis"), "run", f"{address}/openapi.json"]
        words += ["--header", f"Authorization: Bearer {token}", "--checks", "all", "--exclude-checks", "negative_data_rejection"]
        words += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", SEED]
        words += ["--generation-allow-x00", "false", "--generation-database", "none"]
        words += ["--report-ndjson-path", report, "--continue-on-failure", "--no-color", "--request-timeout", "60"]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "formats", "PYTHONPATH": str(Path(__file__).parent), "SCIM_USERS": " ".join(users)}
        run = subprocess.run(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        judge(report, run)


def person(address: str, token: str, name: str) -> str:
    """Somebody who can be a member; their id."""
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    request = urllib.request.Request(f"{address}/Users", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["id"]


def judge(report: Path, run: subprocess.CompletedProcess) -> None:
    verdict = Verdict([])
    print(f"  exception  negative_data_rejection is not asked for\n             {TAKEN}")
    lines = report.read_text().splitlines() if report.exists() else []
    for event in map(json.loads, lines):
        for check in checks(event):
            if check["status"] == "success":
                verdict.good()
            elif check["status"] == "failure":
                verdict.bad(check["name"], json.dumps(check.get("failure_info")))
        if error := event.get("NonFatalError") or event.get("FatalError"):
            verdict.bad(error.get("label", "schemathesis"), json.dumps(error["value"]))
    if run.returncode not in (0, 1) or not verdict.passed:
        verdict.bad("schemathesis", run.stdout)
    verdict.close()


def checks(event: dict) -> list[dict]:
    """The checks of a scenario that has ended."""
    recorded = event.get("ScenarioFinished", {}).get("recorder") or {}
    return [check for checks in (recorded.get("checks") or {}).values() for check in checks]


if __name__ == "__main__":
    main()
