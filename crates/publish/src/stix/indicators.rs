//! Observables in public exhibits, as indicators with strand and grade.

use exchange::misp;
use exchange::observable::{Kind, Observable, Tally, observables};
use exchange::stix::Reader;
use record::state::{Exhibit, is_public};
use serde_json::{Value, json};

use super::draft::{Export, Since, extend, time};
use super::evidence::{exhibits, item, items, observed_id, weakest};
use super::extension;

/// Most indicators of one finding.
pub const MAX_INDICATORS: usize = 10_000;

/// Media types of exhibits that are read: STIX bundles, and MISP events.
const READ: &[&str] = &[
    "application/stix+json",
    "application/vnd.oasis.stix+json",
    "application/misp+json",
    "application/vnd.misp+json",
];

/// What became of the observables, for the grouping's text.
#[derive(Default)]
struct Told {
    written: usize,
    beyond: usize,
    left: u64,
    unread: usize,
}

impl Told {
    fn sentence(&self) -> String {
        let mut text = format!(
            "{} indicators from public exhibits carried in the bundle.",
            self.written
        );
        if self.beyond > 0 {
            text.push_str(&format!(
                " {} more observables are beyond the limit of {MAX_INDICATORS}.",
                self.beyond
            ));
        }
        if self.left > 0 {
            text.push_str(&format!(
                " {} things in them name no single observable.",
                self.left
            ));
        }
        if self.unread > 0 {
            text.push_str(&format!(" {} exhibits could not be read.", self.unread));
        }
        text
    }
}

/// Writes the indicators of all exhibits and their grouping. They hang on which exhibits the bundle carries, so neither the
/// report nor the evidence refers to them: those are the same whatever is carried.
pub(super) fn write(export: &mut Export<'_>) {
    let mut told = Told::default();
    let mut refs = Vec::new();
    for exhibit in exhibits(export) {
        let observed = observed_id(export, &exhibit.body.sha256);
        refs.extend(of_exhibit(export, exhibit, &observed, &mut told));
    }
    if refs.is_empty() {
        return; // a grouping holds at least one object
    }
    let carried: Vec<String> = export
        .v
        .bundle()
        .exhibits
        .iter()
        .map(|(hash, _)| hash.to_string())
        .collect();
    let carried = tlog::sha256(carried.concat().as_bytes()).to_string();
    let id = export.id_of_finding("grouping", &["indicators", &carried]);
    let mut object = export.object(id, export.since_finding());
    let name = format!("Indicators of case {}", export.v.case().id);
    object.insert("name".into(), name.into());
    object.insert("context".into(), "unspecified".into());
    object.insert("description".into(), told.sentence().into());
    object.insert("object_refs".into(), json!(refs));
    export.take(object);
}

/// The indicators of one exhibit; gives their identifiers and those of their relationships.
fn of_exhibit(
    export: &mut Export<'_>,
    exhibit: &Exhibit,
    observed: &str,
    told: &mut Told,
) -> Vec<String> {
    let v = export.v;
    let body = &exhibit.body;
    let carried = v.bundle().exhibits.iter();
    let carried = carried.into_iter().find(|(hash, _)| *hash == body.sha256);
    let public = is_public(v.state(), v.case(), exhibit);
    let (Some((_, content)), true, true) =
        (carried, public, READ.contains(&body.media_type.as_str()))
    else {
        return Vec::new();
    };
    let mut tally = Tally::default();
    let Some(found) = found(content, &mut tally) else {
        told.unread += 1;
        return Vec::new();
    };
    told.left += tally.left_in_all();
    let mut ids = Vec::new();
    for observable in found {
        let Some(pattern) = pattern(&observable) else {
            told.left += 1;
            continue;
        };
        if told.written == MAX_INDICATORS {
            told.beyond += 1;
            continue;
        }
        told.written += 1;
        let id = indicator(export, exhibit, &observable, pattern);
        let link = export.relationship(&id, "based-on", observed);
        ids.extend([id, export.take(link)]);
    }
    ids
}

/// The observables of a STIX bundle or a MISP file, each once, in their order; nothing if it is neither.
fn found(content: &[u8], tally: &mut Tally) -> Option<Vec<Observable>> {
    let mut seen = std::collections::BTreeSet::new();
    let mut all = Vec::new();
    let mut each = |object: &exchange::stix::Object| {
        for observable in observables(object, tally) {
            if seen.insert(observable.clone()) {
                all.push(observable);
            }
        }
    };
    let mut read = 0_u64;
    for object in Reader::bundle(content) {
        let Ok(object) = object else {
            break;
        };
        read += 1;
        each(&object);
    }
    if read > 0 {
        return Some(all);
    }
    let documents = misp::documents(content).ok()?;
    for document in documents.iter().filter(|d| d.kind == misp::Kind::Event) {
        let (bundle, _) = misp::event_to_stix(&document.fields);
        let lines: Vec<String> = bundle
            .objects
            .iter()
            .map(|o| json!(o).to_string())
            .collect();
        for object in Reader::lines(lines.join("\n").as_bytes()) {
            each(&object.ok()?);
        }
    }
    Some(all)
}

fn indicator(
    export: &mut Export<'_>,
    exhibit: &Exhibit,
    observable: &Observable,
    pattern: String,
) -> String {
    let body = &exhibit.body;
    let hash = body.sha256.to_string();
    let text = observable.to_string();
    let id = export.id_of_finding("indicator", &[&hash, &text]);
    let declared = export.v.moment(&exhibit.statement);
    let mut object = export.object(id, Since::Changing(declared));
    object.insert("name".into(), text.into());
    let said = format!(
        "Seen in an exhibit of case {}; that makes nothing malicious by itself.",
        export.v.case().id
    );
    object.insert("description".into(), said.into());
    object.insert("indicator_types".into(), json!(["unknown"]));
    object.insert("pattern".into(), pattern.into());
    object.insert("pattern_type".into(), "stix".into());
    object.insert("pattern_version".into(), "2.1".into());
    object.insert("valid_from".into(), time(body.acquired.start()).into());
    let items = items(export, &body.sha256);
    if let Some(confidence) = weakest(&items) {
        object.insert("confidence".into(), confidence.into());
    }
    let items: Vec<Value> = items.iter().map(|i| item(export, i)).collect();
    let made = json!({
        "exhibit_sha256": body.sha256, "declared_by": exhibit.statement, "index": declared.1,
        "items": items,
    });
    extend(&mut object, extension::EVIDENCE, made);
    export.take(object)
}

/// The pattern that an observable satisfies, and no other of its kind.
fn pattern(observable: &Observable) -> Option<String> {
    let value = observable.value();
    let path = match observable.kind() {
        Kind::AutonomousSystem => return Some(format!("[autonomous-system:number = {value}]")),
        Kind::FileHash => return hash("file", value),
        Kind::CertificateHash => return hash("x509-certificate", value),
        Kind::CertificateSerial => "x509-certificate:serial_number",
        Kind::Directory => "directory:path",
        Kind::DomainName => "domain-name:value",
        Kind::EmailAddr => "email-addr:value",
        Kind::FileName => "file:name",
        Kind::Ipv4Addr => "ipv4-addr:value",
        Kind::Ipv6Addr => "ipv6-addr:value",
        Kind::MacAddr => "mac-addr:value",
        Kind::Mutex => "mutex:name",
        Kind::ProcessName => "process:name",
        Kind::RegistryKey => "windows-registry-key:key",
        Kind::Url => "url:value",
        Kind::UserAccount => "user-account:account_login",
    };
    Some(format!("[{path} = '{}']", quoted(value)))
}

fn quoted(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\'', "\\'")
}

/// `sha-256:ab…` as a comparison, in the spelling of hash-algorithm-ov.
fn hash(kind: &str, value: &str) -> Option<String> {
    let (algorithm, digits) = value.split_once(':')?;
    let name = match algorithm {
        "md5" => "MD5",
        "sha-1" => "SHA-1",
        "sha-256" => "SHA-256",
        "sha-512" => "SHA-512",
        "sha3-256" => "SHA3-256",
        "sha3-512" => "SHA3-512",
        "ssdeep" => "SSDEEP",
        "tlsh" => "TLSH",
        _ => return None, // not in the vocabulary
    };
    Some(format!("[{kind}:hashes.'{name}' = '{}']", quoted(digits)))
}
