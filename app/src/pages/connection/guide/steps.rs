//! The guides as data: what to do at each identity provider, in the words of its screens, and where people stumble.

/// When a step is known to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The first request has come.
    Connected,
    /// A user has come.
    Users,
    /// A team has come.
    Teams,
}

/// A value to copy beside the words of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    None,
    BaseUrl,
    /// A text of the guide's own, and what it is called.
    Text(&'static str, &'static str),
}

/// A step of a guide.
pub struct Step {
    pub title: &'static str,
    pub words: &'static str,
    pub value: Value,
    pub proof: Proof,
    /// Where people stumble here.
    pub beware: Option<&'static str>,
}

const fn step(
    proof: Proof,
    value: Value,
    title: &'static str,
    words: &'static str,
    beware: Option<&'static str>,
) -> Step {
    Step {
        title,
        words,
        value,
        proof,
        beware,
    }
}

/// A guide by its word in the address.
pub struct Guide {
    pub word: &'static str,
    pub name: &'static str,
    /// What the name of a connection contains that this guide fits.
    pub fits: &'static [&'static str],
    pub steps: &'static [Step],
}

const SAVE_FIRST: Option<&str> =
    Some("Press Save connection on this page first: a test before that is answered 401.");
const MEMBERS_FIRST: Option<&str> = Some(
    "Groups that are only assigned do not arrive, their people do. And a group can only have members who were assigned before it.",
);

const OKTA: &[Step] = &[
    step(
        Proof::Connected,
        Value::None,
        "Add the application",
        "Applications › Browse App Catalog, search for SCIM 2.0 Test App (Header Auth), and add it. Or Create App Integration with any sign-in method, then General › App Settings › Edit: provisioning by SCIM.",
        None,
    ),
    step(
        Proof::Connected,
        Value::BaseUrl,
        "Enter the base URL",
        "Provisioning › Integration › Configure API Integration › Enable API integration. Base URL is this address; where Okta asks for it, the unique identifier field for users is userName.",
        Some(
            "The whole address, with the number of the node at its end. One application belongs to one node.",
        ),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Paste the token",
        "Into API Token. In an application of your own: Authentication Mode HTTP Header, the token in Authorization.",
        Some("Without the word Bearer: Okta adds it."),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Test, then save in Okta",
        "Press Test API Credentials (or Test Connector Configuration), then Save.",
        SAVE_FIRST,
    ),
    step(
        Proof::Users,
        Value::None,
        "Turn on provisioning to the application",
        "Provisioning › To App › Edit: enable Create Users, Update User Attributes and Deactivate Users. Save.",
        Some("Without Deactivate Users nobody is ever locked here."),
    ),
    step(
        Proof::Users,
        Value::None,
        "Assign people",
        "Sign On › Credentials Details: Application username format is Email. Then Assignments › Assign to people or to groups.",
        Some(
            "The user name must be an e-mail address: people sign in with it. Keep user name and e-mail the same.",
        ),
    ),
    step(
        Proof::Teams,
        Value::None,
        "Push groups",
        "Push Groups › Find groups by name, with Push group memberships immediately. Each arrives as a pending team, to be approved here.",
        MEMBERS_FIRST,
    ),
    step(
        Proof::Teams,
        Value::None,
        "If Okta says Not Found",
        "“Unable to update Group Push mapping … Not Found”: Okta knows an old id of somebody who was created anew. Remove the assignment of the person, assign them again, and push the group again.",
        None,
    ),
];

const ENTRA: &[Step] = &[
    step(
        Proof::Connected,
        Value::None,
        "Create the application",
        "Enterprise applications › New application › Create your own application, any other application you don't find in the gallery.",
        None,
    ),
    step(
        Proof::Connected,
        Value::BaseUrl,
        "Enter the tenant URL",
        "Provisioning › New configuration (or Provisioning Mode Automatic › Admin Credentials). Tenant URL is this address.",
        Some(
            "With or without ?aadOptscim062020 at its end: both ways of sending changes are understood.",
        ),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Paste the token",
        "Secret token is the token of this connection.",
        Some("Left empty, Entra ID sends a token of its own, and is refused."),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Test the connection",
        "Press Test connection, then Create or Save.",
        SAVE_FIRST,
    ),
    step(
        Proof::Users,
        Value::None,
        "Look at the mappings",
        "Mappings › Provision Microsoft Entra ID Users: enabled, with Create, Update and Delete. userName comes from userPrincipalName or mail, externalId from objectId, active from IsSoftDeleted.",
        Some(
            "userName must be an e-mail address. Where the user principal name is none that people receive mail at, map mail.",
        ),
    ),
    step(
        Proof::Users,
        Value::None,
        "Assign people, and start",
        "Users and groups › Add user or group. Settings › Scope: Sync only assigned users and groups. Then Start provisioning.",
        Some(
            "A cycle comes every 20 to 40 minutes. Provision on demand takes seconds, for one person.",
        ),
    ),
    step(
        Proof::Teams,
        Value::None,
        "Provision groups",
        "Leave the mapping of groups enabled, and assign the groups themselves. Each arrives as a pending team, its members as pending memberships.",
        Some("Groups inside of groups are not followed: assign each."),
    ),
];

const JUMPCLOUD: &[Step] = &[
    step(
        Proof::Connected,
        Value::None,
        "Open the application",
        "SSO Applications › Add New Application › Custom Application, with Export users to this app (Identity Management). Then open its Identity Management tab.",
        None,
    ),
    step(
        Proof::Connected,
        Value::BaseUrl,
        "Enter the base URL",
        "API type is SCIM API, SCIM Version is SCIM 2.0. Base URL is this address.",
        None,
    ),
    step(
        Proof::Connected,
        Value::None,
        "Paste the token",
        "Token Key is the token of this connection. Test User Email is an address of your domain that nobody has.",
        Some(
            "The activation creates this test user and a test group and deletes both: the test user stays here as Locked.",
        ),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Test and activate",
        "Press Test Connection, then Activate, then Save.",
        SAVE_FIRST,
    ),
    step(
        Proof::Users,
        Value::None,
        "Choose people",
        "User Groups: tick the groups whose people shall come, and Save.",
        Some("userName must be an e-mail address: map userName to email, not to username."),
    ),
    step(
        Proof::Teams,
        Value::None,
        "Send groups",
        "Turn on Enable management of User Groups and Group Membership in this application, and save. Each group arrives as a pending team.",
        MEMBERS_FIRST,
    ),
];

const GOOGLE: &[Step] = &[
    step(
        Proof::Connected,
        Value::None,
        "Open the application",
        "Google Admin console › Apps › Web and mobile apps. Choose an application that offers Autoprovisioning with an endpoint URL of your own, and set up its single sign-on first.",
        Some(
            "Google offers Autoprovisioning for applications of its catalogue alone. Where there is none, push with a SCIM client and the guide for another client.",
        ),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Paste the token",
        "Autoprovisioning › Configure autoprovisioning. Access token is the token of this connection. Continue.",
        SAVE_FIRST,
    ),
    step(
        Proof::Connected,
        Value::BaseUrl,
        "Enter the endpoint URL",
        "Endpoint URL is this address. Continue.",
        None,
    ),
    step(
        Proof::Users,
        Value::None,
        "Look at the attributes",
        "App attributes: userName is Basic Information › Primary Email. Leave the others as they are. Continue.",
        Some("The user name must be an e-mail address."),
    ),
    step(
        Proof::Users,
        Value::None,
        "Choose the scope, and turn it on",
        "Provisioning scope: the groups whose people shall come. Deprovisioning: suspend at once. Finish, then turn Autoprovisioning on.",
        Some("Archived users are left out by Google."),
    ),
    step(
        Proof::Teams,
        Value::None,
        "Groups",
        "Google sends people, no groups. Push the groups with a SCIM client on your side, or add the teams here by hand.",
        None,
    ),
];

const ONELOGIN_TEMPLATE: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{$parameters.scimusername}","name":{"givenName":"{$user.firstname}","familyName":"{$user.lastname}"},"displayName":"{$user.display_name}","emails":[{"value":"{$user.email}","type":"work","primary":true}]}"#;

const ONELOGIN: &[Step] = &[
    step(
        Proof::Connected,
        Value::None,
        "Add the application",
        "Applications › Add App › SCIM Provisioner with SAML (SCIM v2 Core). Save.",
        None,
    ),
    step(
        Proof::Connected,
        Value::BaseUrl,
        "Enter the base URL",
        "Configuration › SCIM Base URL is this address.",
        None,
    ),
    step(
        Proof::Connected,
        Value::Text(ONELOGIN_TEMPLATE, "JSON template"),
        "Enter the template",
        "Configuration › SCIM JSON Template is this text.",
        Some("A template of version 1.0 of SCIM, as OneLogin may show it, is refused."),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Paste the token, and enable",
        "SCIM Bearer Token is the token of this connection. Press Enable below API Connection, then Save.",
        SAVE_FIRST,
    ),
    step(
        Proof::Users,
        Value::None,
        "Choose the user name",
        "Parameters › SCIM Username is Email.",
        Some("The user name must be an e-mail address: people sign in with it."),
    ),
    step(
        Proof::Users,
        Value::None,
        "Enable provisioning",
        "Provisioning › Enable provisioning. When users are deleted or lose access: Suspend, so that they are locked here. Without the boxes for administrator approval, changes go at once.",
        Some("Do Nothing leaves everybody who goes unlocked here."),
    ),
    step(
        Proof::Teams,
        Value::None,
        "Send groups",
        "Parameters › Groups: Include in User Provisioning. Rules › Set Groups in this application from a role. Each arrives as a pending team.",
        MEMBERS_FIRST,
    ),
];

const OTHER: &[Step] = &[
    step(
        Proof::Connected,
        Value::BaseUrl,
        "Enter the base URL",
        "SCIM 2.0, RFC 7643 and RFC 7644. Users and Groups stand below this address; /ServiceProviderConfig, /ResourceTypes and /Schemas say what is offered.",
        None,
    ),
    step(
        Proof::Connected,
        Value::None,
        "Send the token with each request",
        "Header Authorization: Bearer, followed by the token. Bodies are application/scim+json.",
        Some("Discovery needs the token, too."),
    ),
    step(
        Proof::Connected,
        Value::None,
        "Test the connection",
        "Ask for /ServiceProviderConfig, or for /Users with a filter on userName. The log below shows each request.",
        SAVE_FIRST,
    ),
    step(
        Proof::Users,
        Value::None,
        "Create people",
        "Look for them first, /Users?filter=userName eq \"…\", then POST /Users. Update by PUT or PATCH; active false locks. A DELETE locks, too, and hides them from you: nothing is lost here.",
        Some("The userName, or one of the emails, must be an e-mail address."),
    ),
    step(
        Proof::Teams,
        Value::None,
        "Push groups",
        "POST /Groups, then PATCH members with the ids that POST /Users answered. Each group arrives as a pending team, its members as pending memberships.",
        Some(
            "A member who is not of this node is refused with 400, with their ids in the sentence: send the person first.",
        ),
    ),
];

/// Every guide; the last fits whatever no other does.
pub const GUIDES: [Guide; 6] = [
    Guide {
        word: "okta",
        name: "Okta",
        fits: &["okta"],
        steps: OKTA,
    },
    Guide {
        word: "entra",
        name: "Entra ID",
        fits: &["entra", "azure", "microsoft"],
        steps: ENTRA,
    },
    Guide {
        word: "jumpcloud",
        name: "JumpCloud",
        fits: &["jumpcloud", "jump cloud"],
        steps: JUMPCLOUD,
    },
    Guide {
        word: "google",
        name: "Google Workspace",
        fits: &["google", "workspace"],
        steps: GOOGLE,
    },
    Guide {
        word: "onelogin",
        name: "OneLogin",
        fits: &["onelogin", "one login"],
        steps: ONELOGIN,
    },
    Guide {
        word: "other",
        name: "Another client",
        fits: &[],
        steps: OTHER,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guide_gives_the_address_once_and_warns_of_the_pitfalls() {
        for guide in &GUIDES {
            let count = |value| {
                guide
                    .steps
                    .iter()
                    .filter(|step| step.value == value)
                    .count()
            };
            assert_eq!(count(Value::BaseUrl), 1, "{}", guide.name);
            let warned = |words: &str| {
                guide
                    .steps
                    .iter()
                    .any(|step| step.beware.is_some_and(|beware| beware.contains(words)))
            };
            assert!(
                warned("Save connection"),
                "{}: a test before Save",
                guide.name
            );
            assert!(warned("e-mail address"), "{}: the user name", guide.name);
            for proof in [Proof::Connected, Proof::Users, Proof::Teams] {
                assert!(
                    guide.steps.iter().any(|step| step.proof == proof),
                    "{}",
                    guide.name
                );
            }
        }
    }

    #[test]
    fn the_template_for_onelogin_is_json() {
        assert!(serde_json::from_str::<serde_json::Value>(ONELOGIN_TEMPLATE).is_ok());
    }
}
