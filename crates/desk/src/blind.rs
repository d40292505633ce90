//! A blind round at the desk: the map of names, the masked case for the panel, and what a person looks through before
//! it is handed out. The same steps as `solferino blind`, in the browser of the registrar.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::blind::{self, MAX_MAP_BYTES, MAX_TERMS, MaskMap, MaskedText, Suspicion};
use record::ids::{CaseId, StatementId};
use record::kind::Content;
use record::state::Case;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tlog::Hash;

use crate::next::inputs;
use crate::{Desk, Kept, contents, told};

/// Most bytes of masked texts in one packet; what is over is left out and said so.
const MAX_PACKET_TEXT_BYTES: usize = 600_000;

/// What a reviewer gets in a blind round: nothing in it is a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packet {
    /// The case with tokens for names and for exhibit hashes.
    pub case: method::Case,
    /// Masked texts of exhibits, by token.
    pub texts: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    case: CaseId,
    #[serde(default)]
    openings: Kept,
    /// Contents of cited exhibits, base64; one that is not here is left out.
    #[serde(default)]
    contents: BTreeMap<Hash, String>,
    /// 32 random bytes, hex: what tokens are made from, unless the case has a map already.
    #[serde(default)]
    seed: Option<Hash>,
    /// Further tell-tale words.
    #[serde(default)]
    terms: Vec<String>,
}

impl Desk {
    /// The content of a `mask` as the analysis stands, and what it leaves to look at: `{"case", "openings",
    /// "contents", "seed", "terms"}` to `{"content", "report"}`.
    #[must_use]
    pub fn mask(&self, request: &str) -> String {
        told(self.with(request, |desk, case, asked| {
            let map = desk.map(case, asked)?;
            let (_, report) = packet(case, &desk.whole(case, asked)?, &map, asked)?;
            Ok(json!({"content": map, "report": report}))
        }))
    }

    /// What is handed to the panel of a blind round: `{"case", "openings", "contents"}` to `{"statement", "packet",
    /// "report"}`.
    #[must_use]
    pub fn packet(&self, request: &str) -> String {
        told(self.with(request, |desk, case, asked| {
            let id = case.mask.ok_or("the round of this case is not masked")?;
            let map = map_of(case, &asked.openings, &id).ok_or("this key cannot open the mask")?;
            let inputs = desk.whole(case, asked)?;
            blind::check(&map, &inputs).map_err(|e| e.to_string())?;
            let (packet, report) = packet(case, &inputs, &map, asked)?;
            Ok(json!({"statement": id, "packet": packet, "report": report}))
        }))
    }

    fn with(
        &self,
        request: &str,
        work: impl FnOnce(&Self, &Case, &Asked) -> Result<Value, String>,
    ) -> Result<Value, String> {
        let asked: Asked = serde_json::from_str(request).map_err(|e| e.to_string())?;
        let case = self.state.cases.get(&asked.case);
        let case = case.ok_or_else(|| format!("the docket has no case {}", asked.case))?;
        work(self, case, &asked)
    }

    fn whole(&self, case: &Case, asked: &Asked) -> Result<method::Case, String> {
        let whole = inputs(case, &asked.openings);
        whole.ok_or_else(|| "this key cannot open the whole analysis of the case".to_owned())
    }

    fn map(&self, case: &Case, asked: &Asked) -> Result<MaskMap, String> {
        if asked.terms.len() > MAX_TERMS {
            return Err(format!("more than {MAX_TERMS} words"));
        }
        let mut said: Vec<_> = case.masks.keys().collect();
        said.sort_by_key(|id| std::cmp::Reverse(self.state.statements.index_of(id)));
        let earlier = said
            .into_iter()
            .find_map(|id| map_of(case, &asked.openings, id));
        let wanted = blind::wanted(&self.whole(case, asked)?, earlier.as_ref(), &asked.terms);
        let seed = earlier.map(|m| m.seed).or(asked.seed);
        let seed = seed.ok_or("a first mask needs a seed")?;
        let map = blind::make(seed, wanted).map_err(|e| e.to_string())?;
        let value = serde_json::to_value(&map).map_err(|e| e.to_string())?;
        let size = record::json::canonical(&value).len();
        if size > MAX_MAP_BYTES {
            return Err(format!(
                "the map takes {size} bytes; at most {MAX_MAP_BYTES} can be opened: give fewer words"
            ));
        }
        Ok(map)
    }
}

/// The map of a mask, where it is open or this desk can open it.
fn map_of(case: &Case, kept: &Kept, id: &StatementId) -> Option<MaskMap> {
    match contents(case, kept).remove(id) {
        Some(Content::Mask(map)) => Some(map),
        _ => None,
    }
}

/// The masked case with its texts, and the report for the person who hands it out. The report names what was masked.
fn packet(
    case: &Case,
    inputs: &method::Case,
    map: &MaskMap,
    asked: &Asked,
) -> Result<(Packet, Vec<Value>), String> {
    let masked = blind::mask(inputs, map).map_err(|e| e.to_string())?;
    let (mut texts, mut report, mut size) = (BTreeMap::new(), Vec::new(), 0);
    let mut cited: Vec<&String> = Vec::new();
    for hash in inputs.items.iter().flat_map(|i| &i.exhibits) {
        if !cited.contains(&hash) {
            cited.push(hash);
        }
    }
    for hash in cited {
        let token = blind::exhibit_token(&map.seed, hash);
        let text = readable(case, asked, hash).and_then(|text| {
            size += text.len();
            let fits = size <= MAX_PACKET_TEXT_BYTES;
            fits.then_some(text)
                .ok_or_else(|| format!("texts over {MAX_PACKET_TEXT_BYTES} bytes together"))
        });
        match text {
            Err(why) => {
                report.push(json!({"exhibit": hash, "token": token, "left_out": why}));
            }
            Ok(text) => {
                let MaskedText {
                    text,
                    replaced,
                    leftovers,
                } = blind::mask_text(&text, map);
                let replaced: Vec<_> = replaced.iter().map(|r| (&r.token, r.times)).collect();
                let look = leftovers
                    .iter()
                    .map(|l| json!({"line": l.line, "word": l.word, "why": code(l.why)}));
                let look: Vec<_> = look.collect();
                report.push(json!({
                    "exhibit": hash, "token": token, "replaced": replaced, "look": look,
                }));
                texts.insert(token, text);
            }
        }
    }
    let packet = Packet {
        case: masked,
        texts,
    };
    Ok((packet, report))
}

/// The text of an exhibit that was given.
fn readable(case: &Case, asked: &Asked, hash: &str) -> Result<String, String> {
    let hash: Hash = hash.parse().map_err(|_| "no exhibit hash".to_owned())?;
    let declared = case.exhibits.get(&hash);
    let declared = declared.ok_or("not declared in the case")?;
    let content = asked
        .contents
        .get(&hash)
        .ok_or("its content was not to be had")?;
    let content = STANDARD.decode(content).map_err(|e| e.to_string())?;
    if tlog::sha256(&content) != hash {
        return Err("the content given has another hash".to_owned());
    }
    blind::readable(declared.body.media_type.as_str(), content)
}

/// The word under which the page has its own words for a suspicion.
fn code(why: Suspicion) -> &'static str {
    match why {
        Suspicion::Country => "country",
        Suspicion::Script => "script",
        Suspicion::Domain => "domain",
        Suspicion::TimeZone => "time-zone",
        Suspicion::Inside => "inside",
    }
}
