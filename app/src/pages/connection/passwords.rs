//! Whether people sign in with the password that the identity provider sends.

use crate::components::button::Button;
use crate::components::form::{Radio, Tick};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use directory::model::connection::{Connection, Passwords};
use directory::model::id::NodeId;
use leptos::prelude::*;
use server_fn::ServerFn;

/// The setting.
#[component]
pub fn PasswordsPanel(connection: Connection) -> impl IntoView {
    let is = connection.passwords;
    let name = connection.name;
    let taken = format!(
        "For users whom {name} keeps and who do not use single sign-on; never for administrators. \
         Only a hash is kept. A new password ends their sessions."
    );
    view! {
        <form method="post" action=SetPasswords::url()>
            <input type="hidden" name="node" value=connection.node_id.to_string() />
            <Panel id="passwords" title="Passwords" lead=format!("What happens to a password that {name} sends.")>
                <PanelBody>
                    <Radio name="passwords" value=Passwords::Ignored.as_str() tick=Tick::from(is == Passwords::Ignored)>
                        <strong>"Leave it out"</strong>
                        <span class="hint">"Users accept their invitation or use single sign-on. The request log says what was left out."</span>
                    </Radio>
                    <Radio name="passwords" value=Passwords::Taken.as_str() tick=Tick::from(is == Passwords::Taken)>
                        <strong>"Let users sign in with it"</strong>
                        <span class="hint">{taken}</span>
                    </Radio>
                </PanelBody>
                <PanelFoot words="Changes take effect with the next request.">
                    <Button icon="check">"Save passwords"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[server(endpoint = "connections/passwords")]
pub async fn set_passwords(node: NodeId, passwords: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection");
    let passwords = Passwords::of(&passwords).ok_or(AppError::Unreadable)?;
    let set = directory::admin::connections::set_passwords(&db, &admin, node, passwords).await;
    let done = |()| Done::at(&page).says("What happens to passwords was saved.");
    answer(Form::button(&page), set.map(done)).await
}
