//! Groups that cannot be taken or changed so.

use serde_json::{Value, json};

use super::{Refused, Taken, check, row};
use crate::support::scim_client::{group, patch};

#[tokio::test]
async fn groups_that_cannot_be_taken_or_changed() {
    check(|world| {
        let patch_group = |id, operations: Value, expected| row(id, "PATCH", format!("/Groups/{}", world.ops), patch(&operations).to_string(), expected);
        let refused = |id, operations: Value, scim_type| patch_group(id, operations, Refused(400, scim_type));
        let add = |member: &str| json!([{ "op": "add", "path": "members", "value": [{ "value": member }] }]);
        let named = |name: Value| {
            let mut body = group("x", &[]);
            body["displayName"] = name;
            row("B-73", "POST", "/Groups", body.to_string(), Refused(400, "invalidValue"))
        };
        let too_many = (0..100_001).map(|n| json!({ "value": n.to_string() })).collect::<Vec<_>>();
        let many_operations = vec![json!({ "op": "replace", "path": "displayName", "value": "x" }); 1_001];
        vec![
            refused("B-63", add(&world.elsewhere), "invalidValue"),
            refused("B-63", add("nobody"), "invalidValue"),
            refused("B-63", add(&world.ops), "invalidValue"),
            refused("B-63", json!([{ "op": "add", "path": "members", "value": [{ "value": world.ben }, { "value": world.elsewhere }] }]), "invalidValue"),
            refused("B-63", json!([{ "op": "replace", "path": "members", "value": [{ "value": "nobody" }] }]), "invalidValue"),
            row("B-63", "POST", "/Groups", group("New", &[&world.ada, &world.elsewhere]).to_string(), Refused(400, "invalidValue")),
            row("B-63", "PUT", format!("/Groups/{}", world.ops), group("Ops", &["nobody"]).to_string(), Refused(400, "invalidValue")),
            patch_group("B-67", json!([{ "op": "add", "path": "members", "value": too_many }]), Refused(413, "-")),
            refused("B-68", json!([{ "op": "remove", "path": r#"members[value eq "x""# }]), "invalidPath"),
            refused("B-68", json!([{ "op": "add", "path": "members.value", "value": "x" }]), "invalidPath"),
            refused("B-68", json!([{ "op": "remove", "path": r#"members[value eq "x"]]"# }]), "invalidPath"),
            refused("B-68", json!([{ "op": "remove", "path": "members[value eq x]" }]), "invalidFilter"),
            refused("B-69", json!([{ "op": "remove" }]), "noTarget"),
            row("B-69", "PATCH", format!("/Users/{}", world.ben), patch(&json!([{ "op": "replace", "path": r#"emails[type eq "home"].value"#, "value": "x@acme.example" }])).to_string(), Refused(400, "noTarget")),
            refused("B-70", json!([{ "op": "move", "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([{ "op": "test", "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([{ "op": "", "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([{ "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([]), "invalidSyntax"),
            refused("B-70", json!({ "op": "replace" }), "invalidSyntax"),
            refused("B-70", json!(["replace"]), "invalidSyntax"),
            patch_group("B-70", json!(many_operations), Refused(413, "-")),
            refused("B-72", json!([{ "op": "replace", "path": "isAdmin", "value": true }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "value": { "isAdmin": true } }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "state", "value": "approved" }]), "invalidPath"),
            refused("81", json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
            refused("81", json!([{ "op": "replace", "path": "meta.version", "value": "x" }]), "mutability"),
            refused("82", json!([{ "op": "remove", "path": "displayName" }]), "mutability"),
            refused("82", json!([{ "op": "replace", "path": "displayName", "value": "" }]), "mutability"),
            patch_group("B-71", json!([{ "op": "Add", "path": "members", "value": [{ "value": world.ben, "$ref": null }] }]), Taken(204)),
            patch_group("B-71", json!([{ "op": "replace", "value": { "id": world.ops, "displayName": "Ops, renamed" } }]), Taken(204)),
            named(json!("")),
            named(json!("   ")),
            named(json!(null)),
            named(json!(5)),
            named(json!("a".repeat(10 * 1024))),
            refused("B-73", json!([{ "op": "replace", "path": "displayName", "value": "a".repeat(256) }]), "invalidValue"),
            refused(
                "B-75",
                json!([
                    { "op": "add", "path": "members", "value": [{ "value": world.ben }] },
                    { "op": "replace", "path": "displayName", "value": "Renamed" },
                    { "op": "replace", "path": "externalId", "value": "e" },
                    { "op": "replace", "path": "nothing", "value": "x" },
                    { "op": "remove", "path": "members" },
                ]),
                "invalidPath",
            ),
        ]
    })
    .await;
}
