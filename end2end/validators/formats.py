"""What schemathesis is told of the formats of the description: it would invent words for them.

A user name is an address (`behaviour.md` 03.10), a member is somebody who is there (04.4), and a filter is a sentence.
"""

import os

from hypothesis import strategies as st
from schemathesis import openapi

FILTERS = [
    'id eq "x"',
    'externalId sw "a" and meta.lastModified gt "2020-01-01T00:00:00Z"',
    'not (displayName co "%") or meta.resourceType eq "Group"',
    "meta[created pr and lastModified pr]",
]

openapi.format("email", st.from_regex(r"[a-z]{3,12}\.[0-9a-f]{4,12}@acme\.example", fullmatch=True))
openapi.format("scim-filter", st.sampled_from(FILTERS))
openapi.format("scim-user-id", st.sampled_from(os.environ["SCIM_USERS"].split()))
