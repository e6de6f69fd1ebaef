//! Buttons, forms, menus and dialogs.

use crate::components::badge::{Provenance, Source, Tone};
use crate::components::button::{Button, Buttons, IconButton, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener, Impact, ImpactLine};
use crate::components::form::{
    Check, Choice, Field, FieldGroup, FormErrors, Input, Radio, Select, Switch, Tick,
};
use crate::components::layout::PageSection;
use crate::components::menu::{Menu, MenuButton, MenuLink, MenuWhy};
use leptos::prelude::*;

#[component]
pub fn ButtonsOfAllKinds() -> impl IntoView {
    view! {
        <PageSection id="buttons" title="Buttons" lead="A verb and a noun. One primary per page.">
            <div class="stack tight">
                <Buttons>
                    <Button kind=Kind::Primary icon="sync" attr:r#type="button">
                        "Run Full Sync"
                    </Button>
                    <Button attr:r#type="button">"Add team"</Button>
                    <Button kind=Kind::Quiet attr:r#type="button">
                        "Details"
                    </Button>
                    <Button kind=Kind::Danger icon="lock" attr:r#type="button">
                        "Lock user"
                    </Button>
                    <Button kind=Kind::Sure attr:r#type="button">
                        "Delete 3 users"
                    </Button>
                    <Button attr:r#type="button" attr:disabled=true>
                        "Approve"
                    </Button>
                    <IconButton icon="more" label="More actions" attr:r#type="button" />
                </Buttons>
                <Buttons>
                    <Button kind=Kind::Primary size=Size::Small attr:r#type="button">
                        "Approve chosen"
                    </Button>
                    <Button size=Size::Small attr:r#type="button">
                        "Revoke token"
                    </Button>
                    <Button kind=Kind::Quiet size=Size::Small attr:r#type="button">
                        "Hide steps"
                    </Button>
                    <Button kind=Kind::Primary size=Size::Large attr:r#type="button">
                        "Continue"
                    </Button>
                </Buttons>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn Forms() -> impl IntoView {
    let nodes = vec![
        Choice::new("2", "Acme › Europe › Berlin"),
        Choice::new("3", "Acme › Labs"),
    ];
    view! {
        <PageSection id="forms" title="Forms" lead="The label says what; the hint says how; the error says why and what to do.">
            <form class="stack" method="get">
                <FormErrors errors=vec!["Ada Lovelace was changed by Grace Hopper 10 s ago. Look at it again.".to_owned()] />
                <div class="form-grid">
                    <Field name="name" label="Name">
                        <Input value="Ada Lovelace".to_owned() />
                    </Field>
                    <Field name="prefix" label="Role prefix" hint="Groups with this prefix become roles.">
                        <Input placeholder="role-" />
                    </Field>
                    <Field
                        name="address"
                        label="Address"
                        error="An address needs a domain, such as ada@acme.example.".to_owned()
                    >
                        <Input value="ada@acme".to_owned() kind="email" />
                    </Field>
                    <Field name="node" label="Node">
                        <Select choices=nodes chosen="2".to_owned() />
                    </Field>
                    <Field name="external" label="External id">
                        <Input value="00u1k9fQ2xTz5LmPd357".to_owned() attr:readonly=true />
                        <p class="hint">
                            <Provenance from=Source::Idp("Okta".to_owned()) />
                        </p>
                    </Field>
                    <FieldGroup label="Options">
                        <Check name="unique" tick=Tick::On>
                            "Unique team names"
                        </Check>
                        <Check name="send">"Send invitations"</Check>
                    </FieldGroup>
                    <FieldGroup label="Old token">
                        <Radio name="old" value="keep" tick=Tick::On>
                            "Keep for 24 hours"
                        </Radio>
                        <Radio name="old" value="revoke">
                            "Revoke at once"
                        </Radio>
                    </FieldGroup>
                    <Field name="sign-up" label="Just-in-time sign-up">
                        <Switch tick=Tick::On />
                    </Field>
                </div>
            </form>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn AMenu() -> impl IntoView {
    view! {
        <PageSection id="menus" title="Menu" lead="Popover; says why something cannot be done.">
            <div class="stack tight">
                <div>
                    <Menu id="menu-example" label="Actions for Ada Lovelace">
                        <MenuItems />
                    </Menu>
                </div>
                <div class="menu shown">
                    <MenuItems />
                </div>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
fn MenuItems() -> impl IntoView {
    view! {
        <MenuLink icon="move" href="#menus">
            "Move to another node"
        </MenuLink>
        <MenuLink icon="terminal" href="#menus">
            "Copy as command"
        </MenuLink>
        <hr />
        <MenuButton icon="lock" class="danger" attr:r#type="button">
            "Lock user"
        </MenuButton>
        <MenuWhy>"Invited users cannot be locked. Cancel the invitation instead."</MenuWhy>
    }
    .into_any()
}

#[component]
pub fn ADialog() -> impl IntoView {
    view! {
        <PageSection id="dialogs" title="Dialog" lead="Title, consequence, the same verb on the button.">
            <DialogOpener dialog="lock-three" kind=Kind::Danger icon="lock">
                "Lock 3 users"
            </DialogOpener>
            <Dialog
                id="lock-three"
                title="Lock 3 users?"
                back="Keep unlocked"
                confirm=|| {
                    view! {
                        <form method="get">
                            <Button kind=Kind::Sure>"Lock 3 users"</Button>
                        </form>
                    }
                }
            >
                <p>"They are signed out at once. Teams and roles are kept, and you can unlock them at any time."</p>
                <Impact>
                    <ImpactLine icon="locked" tone=Tone::Stop>
                        "Ada Lovelace, Hedy Lamarr, Katherine Johnson"
                    </ImpactLine>
                    <ImpactLine icon="teams">"Ops keeps 6 of 9 active members"</ImpactLine>
                </Impact>
            </Dialog>
        </PageSection>
    }
    .into_any()
}
