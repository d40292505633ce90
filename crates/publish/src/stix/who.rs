//! Who publishes, who decides, who is named.

use record::ids::MemberId;
use record::kind::Group;
use serde_json::json;

use super::draft::Export;
use crate::words;

/// The body that publishes.
pub(super) fn body(export: &mut Export<'_>) {
    let v = export.v;
    let mut object = export.object(export.body.clone(), export.founded());
    object.remove("created_by_ref");
    let amended = v.state().statements.iter();
    let amended = amended.filter(|(_, e)| e.kind.group() == Group::Charter);
    if let Some(last) = amended.map(|(_, e)| (e.time, e.index)).max() {
        object.insert("modified".into(), super::draft::version(last).into());
    }
    object.insert("name".into(), v.charter().name.to_string().into());
    object.insert("identity_class".into(), "organization".into());
    object.insert(
        "description".into(),
        format!("The body that keeps the record {}.", v.origin()).into(),
    );
    export.take(object);
}

/// A member that said something.
pub(super) fn member(export: &mut Export<'_>, member: &MemberId) -> String {
    let id = export.id("identity", &["member", member.as_str()]);
    let mut object = export.object(id, export.founded());
    object.insert("name".into(), member.to_string().into());
    object.insert("identity_class".into(), "unknown".into());
    object.insert(
        "description".into(),
        format!("A member of the record {}.", export.v.origin()).into(),
    );
    export.take(object)
}

/// A state that is named, and where it is.
pub(super) fn state(export: &mut Export<'_>, code: &str) -> String {
    let since = export.founded();
    let name = words::state(code);
    let mut object = export.object(export.id("identity", &["state", code]), since);
    object.insert("name".into(), name.clone().into());
    object.insert("identity_class".into(), "organization".into());
    object.insert("sectors".into(), json!(["government-national"]));
    object.insert(
        "external_references".into(),
        json!([{"source_name": "ISO 3166-1", "external_id": code}]),
    );
    let state = export.take(object);
    let mut place = export.object(export.id("location", &["state", code]), since);
    place.insert("name".into(), name.into());
    place.insert("country".into(), code.into());
    let place = export.take(place);
    let link = export.relationship(&state, "located-at", &place);
    export.take(link);
    state
}
