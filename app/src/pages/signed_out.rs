//! Signed out here: on to the identity provider, to sign out there too.

use crate::components::layout::Door;
use crate::components::link::Query;
use crate::pages::sign_in::sign_in_ways;
use crate::visit::visit;
use leptos::prelude::*;

/// Where the server leads on to the provider; only whoever has just signed out.
const ON: &str = "/sign-out/on";

#[component]
pub fn SignedOutPage() -> impl IntoView {
    let asked = Query::current().value("way");
    Suspend::new(async move {
        let of_settings = visit().ways.into_iter();
        let name = of_settings
            .filter(|way| Some(&way.id) == asked.as_ref())
            .map(|way| way.name)
            .next();
        // A database that cannot be read leaves the way on, without its name.
        let of_node = sign_in_ways(asked).await.unwrap_or_default().chosen;
        let name = name.or(of_node.map(|(_, name)| name));
        view! { <Shown name=name.unwrap_or_else(|| "your identity provider".to_owned()) /> }
    })
}

/// The browser goes on by itself: what a form answers may not lead to another site.
#[component]
fn Shown(name: String) -> impl IntoView {
    view! {
        <Door title="Signed out">
            <section class="card">
                <meta http-equiv="refresh" content=format!("0;url={ON}") />
                <div>
                    <h1>"You are signed out"</h1>
                    <p class="muted">{format!("This browser may still be signed in at {name}.")}</p>
                </div>
                <a class="button primary large wide" href=ON rel="external">
                    {format!("Sign out at {name}")}
                </a>
                <p class="muted">
                    <a href="/sign-in">"Stay signed in there"</a>
                </p>
            </section>
        </Door>
    }
}
