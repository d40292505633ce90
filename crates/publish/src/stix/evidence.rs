//! Exhibits, who handled them, and what rests on them.

use method::{Item, Reliability};
use record::body::evidence::{Acquisition, CustodyEvent};
use record::state::{Exhibit, is_public};
use serde_json::{Value, json};
use tlog::Hash;

use super::Object;
use super::draft::{Export, Since, extend, time};
use super::extension;

/// The STIX confidence of an Admiralty credibility (STIX 2.1, appendix A): 6, "cannot be judged", has none.
pub(super) fn of_credibility(digit: u8) -> Option<u8> {
    Some(match digit {
        1 => 90,
        2 => 70,
        3 => 50,
        4 => 30,
        5 => 10,
        _ => return None,
    })
}

/// Writes the exhibits of the case that stood when the finding was published, and their grouping. Gives the identifiers
/// of the observed data.
pub(super) fn write(export: &mut Export<'_>) -> Vec<String> {
    let v = export.v;
    let exhibits = exhibits(export);
    let mut observed = Vec::new();
    let mut refs = Vec::new();
    let public = |e: &&&Exhibit| is_public(v.state(), v.case(), e);
    let withheld = exhibits.len() - exhibits.iter().filter(public).count();
    for exhibit in exhibits {
        let content = export.take(content(exhibit));
        let data = observed_data(export, exhibit, &content);
        let data = export.take(data);
        refs.extend([content, data.clone()]);
        observed.push(data);
    }
    grouping(export, &refs, observed.len(), withheld);
    observed
}

/// The exhibits of the case that stood when the finding was published, in the order of the record.
pub(super) fn exhibits<'a>(export: &Export<'a>) -> Vec<&'a Exhibit> {
    let v = export.v;
    let before = |e: &&Exhibit| v.moment(&e.statement).1 < v.finding().index;
    let mut exhibits: Vec<&Exhibit> = v.case().exhibits.values().filter(before).collect();
    exhibits.sort_by_key(|e| v.moment(&e.statement).1);
    exhibits
}

/// The identifier of the observed data that an exhibit is.
pub(super) fn observed_id(export: &Export<'_>, exhibit: &Hash) -> String {
    export.id_of_finding("observed-data", &[&exhibit.to_string()])
}

fn grouping(export: &mut Export<'_>, refs: &[String], exhibits: usize, withheld: usize) {
    if refs.is_empty() {
        return; // a grouping holds at least one object
    }
    let v = export.v;
    let id = export.id_of_finding("grouping", &["evidence"]);
    let mut object = export.object(id, export.since_finding());
    object.insert(
        "name".into(),
        format!("Evidence of case {}", v.case().id).into(),
    );
    object.insert("context".into(), "unspecified".into());
    let text = format!(
        "{exhibits} exhibits, each by the SHA-256 of its content. The content of {withheld} is not public, by label or by the \
         wish of whom it comes from, and not in any export."
    );
    object.insert("description".into(), text.into());
    object.insert("object_refs".into(), json!(refs));
    export.take(object);
}

/// The content as a cyber-observable: its hash and size.
fn content(exhibit: &Exhibit) -> Object {
    let body = &exhibit.body;
    let mut object = super::object(json!({
        "type": "file", "spec_version": "2.1", "hashes": {"SHA-256": body.sha256.to_string()},
        "size": body.size, "mime_type": body.media_type.to_string(),
    }));
    if let Some(id) = exchange::stix::id::of_content(&object) {
        object.insert("id".into(), id.into());
    }
    object
}

fn observed_data(export: &Export<'_>, exhibit: &Exhibit, content: &str) -> Object {
    let v = export.v;
    let body = &exhibit.body;
    let hash = body.sha256.to_string();
    let id = observed_id(export, &body.sha256);
    let mut object = export.object(id, Since::Changing(v.moment(&exhibit.statement)));
    let acquired = time(body.acquired.start());
    object.insert("first_observed".into(), acquired.clone().into());
    object.insert("last_observed".into(), acquired.into());
    object.insert("number_observed".into(), 1.into());
    object.insert("object_refs".into(), json!([content]));
    let items = items(export, &body.sha256);
    if let Some(confidence) = weakest(&items) {
        object.insert("confidence".into(), confidence.into());
    }
    let reference = json!({
        "source_name": body.source.to_string(),
        "description": format!("exhibit, {}", acquisition(body.how)),
        "external_id": hash,
    });
    object.insert("external_references".into(), json!([reference]));
    extend(
        &mut object,
        extension::EVIDENCE,
        said(export, exhibit, &items),
    );
    object
}

/// The items of the finding that rest on an exhibit.
pub(super) fn items<'a>(export: &Export<'a>, exhibit: &Hash) -> Vec<&'a Item> {
    let hash = exhibit.to_string();
    let items = export.v.finding().replayed.inputs.items.iter();
    items.filter(|i| i.exhibits.contains(&hash)).collect()
}

/// The confidence of the weakest item; none if none can be judged.
pub(super) fn weakest(items: &[&Item]) -> Option<u8> {
    let each = items
        .iter()
        .filter_map(|i| of_credibility(i.credibility.digit()));
    each.min()
}

/// An item's part in the extension: strand, grade, how easily it is planted.
pub(super) fn item(export: &Export<'_>, item: &Item) -> Value {
    let supporting = &export.v.finding().replayed.evaluation.supporting;
    json!({
        "item": item.id, "strand": item.strand, "strand_supports": supporting.contains(&item.strand),
        "item_kind": item.kind, "grade": grade(item), "phi_ppm": item.phi_ppm,
        "recheckable": item.recheckable,
    })
}

/// The Admiralty grade, such as `B2`.
fn grade(item: &Item) -> String {
    let letter = match item.reliability {
        Reliability::A => 'A',
        Reliability::B => 'B',
        Reliability::C => 'C',
        Reliability::D => 'D',
        Reliability::E => 'E',
        Reliability::F => 'F',
    };
    format!("{letter}{}", item.credibility.digit())
}

fn said(export: &Export<'_>, exhibit: &Exhibit, items: &[&Item]) -> Value {
    let body = &exhibit.body;
    let (_, index) = export.v.moment(&exhibit.statement);
    let custody = exhibit.custody.iter().map(|(at, event)| {
        let mut row = json!({"time": time(*at), "event": event_name(event)});
        match event {
            CustodyEvent::Transfer { to } | CustodyEvent::Copy { to } => {
                row["to_member"] = json!(to)
            }
            CustodyEvent::Redaction { basis } => row["basis"] = json!(basis),
            CustodyEvent::Analysis | CustodyEvent::Return | CustodyEvent::Destruction => {}
        }
        row
    });
    let custody: Vec<Value> = custody.collect();
    let items: Vec<Value> = items.iter().map(|i| item(export, i)).collect();
    json!({
        "exhibit_sha256": body.sha256, "size": body.size, "media_type": body.media_type,
        "acquired": body.acquired, "how": body.how, "source": body.source, "upstream": body.upstream,
        "content_tlp": tlp(body.tlp), "declared_by": exhibit.statement, "index": index,
        "custody": custody, "items": items,
    })
}

fn tlp(label: record::body::evidence::Tlp) -> &'static str {
    use record::body::evidence::Tlp;
    match label {
        Tlp::Clear => "clear",
        Tlp::Green => "green",
        Tlp::Amber => "amber",
        Tlp::AmberStrict => "amber+strict",
        Tlp::Red => "red",
    }
}

fn acquisition(how: Acquisition) -> &'static str {
    match how {
        Acquisition::VictimSystem => "taken from a victim's system with consent",
        Acquisition::HandedOver => "handed over by a responder or vendor",
        Acquisition::OpenSource => "openly published",
        Acquisition::OwnTelemetry => "recorded by sensors of the member itself",
        Acquisition::PublicRecord => "released by a court or authority",
    }
}

/// A custody event's name on the wire.
pub(crate) fn event_name(event: &CustodyEvent) -> &'static str {
    match event {
        CustodyEvent::Transfer { .. } => "transfer",
        CustodyEvent::Copy { .. } => "copy",
        CustodyEvent::Analysis => "analysis",
        CustodyEvent::Return => "return",
        CustodyEvent::Destruction => "destruction",
        CustodyEvent::Redaction { .. } => "redaction",
    }
}
