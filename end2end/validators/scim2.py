"""scim2-tester, which reads what Muster says of itself and then tries every attribute of it."""

import os
import sys
import uuid

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server, filling
from scim2_tester.checkers import patch_add, patch_replace
from verdict import Exemption, Verdict

GOOD = {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE}
DISPLAY = (
    "`members.display` is read-only in /Schemas, so the service writes it (RFC 7643, section 7, mutability); "
    "the check compares it with what it sent."
)
EXEMPTIONS = [
    Exemption(
        "check_remove_attribute (User)",
        r"^Failed to remove attribute 'active'",
        "`active` locks and unlocks a person (`behaviour.md` 03.5); without a value they would be neither.",
    ),
    Exemption("check_add_attribute (Group)", r"^Attribute 'members' was not added[^\0]*display='", DISPLAY),
    Exemption("check_replace_attribute (Group)", r"^Attribute 'members' was not replaced[^\0]*display='", DISPLAY),
]

invent = filling.generate_random_value


def generate_random_value(context, path, mutability=None, required=None):
    """As scim2-tester does, but user names are addresses: a login is one (`behaviour.md` 03.10)."""
    value = invent(context, path, mutability, required)
    if value is not None and str(path).rpartition(":")[2] == "userName":
        return f"{uuid.uuid4()}@acme.example"
    return value


for module in (filling, patch_add, patch_replace):
    module.generate_random_value = generate_random_value


def main() -> None:
    token = os.environ["SCIM_TOKEN"]
    http = Client(base_url=sys.argv[1], headers={"Authorization": f"Bearer {token}"})
    verdict = Verdict(EXEMPTIONS)
    for result in check_server(SyncSCIMClient(http)):
        check = f"{result.title} ({result.resource_type})" if result.resource_type else str(result.title)
        if result.status in GOOD:
            verdict.good()
        elif result.status is Status.SKIPPED:
            verdict.skipped(check, str(result.reason))
        else:
            verdict.bad(check, f"{result.reason}\n             {result.data}")
    verdict.close()


main()
