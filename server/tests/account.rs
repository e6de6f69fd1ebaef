//! A person sees to their own sessions and passphrase, administrator or not.

use directory::admin::users;
use directory::model::id::NodeId;

use crate::support::{ADA, Console, PASSPHRASE, databases};

const NEW: &str = "seven small grey geese";

#[tokio::test]
async fn signing_out_everywhere_ends_every_browser_and_a_new_passphrase_every_other() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (mut desk, mut phone) = (
            console.browser_of_ada().await,
            console.browser_of_ada().await,
        );
        let page = desk.get("/account").await.is(200).text;
        assert!(
            page.contains("This browser") && page.contains("Sign out everywhere"),
            "{page}"
        );
        let form = |current| [("current", current), ("passphrase", NEW)];
        desk.post("/api/me/change_passphrase", &form("guessed"))
            .await
            .leads_to("/account");
        assert!(
            desk.get("/account")
                .await
                .text
                .contains("This is not your passphrase.")
        );
        let before = desk.session.clone();
        desk.post("/api/me/change_passphrase", &form(PASSPHRASE))
            .await
            .leads_to("/account");
        assert_ne!(desk.session, before, "SES-5: a new id");
        assert!(
            desk.get("/account")
                .await
                .is(200)
                .text
                .contains("Your passphrase was changed.")
        );
        phone
            .get("/account")
            .await
            .leads_to("/sign-in?return_to=%2Faccount");
        let mut tablet = console.browser_of(&console.person(ADA, NEW).await).await;
        tablet.get("/account").await.is(200);
        desk.post("/api/me/sign_out_everywhere", &[])
            .await
            .leads_to("/sign-in");
        for browser in [&mut desk, &mut tablet] {
            browser.get("/").await.leads_to("/sign-in");
        }
        console.verify().await;
    }
}

#[tokio::test]
async fn somebody_without_a_privilege_and_without_a_passphrase_has_the_page_too() {
    for database in databases().await {
        let console = Console::start(database).await;
        let ada = console.ada().await;
        let grace = users::add(
            &console.db,
            &ada,
            NodeId::ROOT,
            "Grace",
            "grace@acme.example",
        )
        .await
        .unwrap();
        let mut tx = console.db.write().await.unwrap();
        let now = tx.now();
        directory::store::users::sign_in(&mut tx, &grace.id, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut browser = console.browser_of(&grace).await;
        let page = browser.get("/account").await.is(200).text;
        assert!(
            page.contains("and have no passphrase here") && !page.contains("Change passphrase"),
            "{page}"
        );
        browser.get("/users").await.leads_to("/welcome");
        console.verify().await;
    }
}
