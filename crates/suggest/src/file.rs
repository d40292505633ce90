//! The benchmark file: features, groups, releases of profiles, and the cases tested against them (`docs/suggest.md`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::error::FileError;
use crate::knowledge::{Kind, Knowledge, Profile};

/// Largest benchmark file, unpacked, in bytes (256 MiB).
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// A technique or a piece of software.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// ATT&CK identifier.
    pub id: String,
    /// What it is; anything but `S` counts as a technique.
    pub kind: Kind,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// ATT&CK identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Country it is said to act for, ISO 3166-1 alpha-2, where it is said.
    pub country: Option<String>,
}

/// What was known at one release.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its tag, such as `ATT&CK-v6.0`.
    pub tag: String,
    /// The groups it knows: indices into [`Benchmark::groups`], ascending; the candidates in this order.
    pub groups: Vec<usize>,
    /// Their profiles, in the same order.
    pub profiles: Vec<Profile>,
}

/// Features cited to one new source, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Index of the release it is tested against: the last before the source appeared.
    pub release: usize,
    /// The group, an index into [`Benchmark::groups`].
    pub group: usize,
    /// Indices into [`Benchmark::features`].
    pub features: Vec<usize>,
}

/// A campaign that later releases attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCampaign {
    /// Identifier and name.
    pub name: String,
    /// Index of the release it is tested against.
    pub release: usize,
    /// Groups it is attributed to.
    pub groups: Vec<usize>,
    /// Its features.
    pub features: Vec<usize>,
}

/// Scores of the first three groups, to check a port against: group index and score, best first.
pub type CheckedScores = Vec<(usize, f64)>;

/// A benchmark file, checked: every index points at something.
#[derive(Clone, Debug)]
pub struct Benchmark {
    /// All features.
    pub features: Vec<Feature>,
    /// All groups.
    pub groups: Vec<Group>,
    /// Releases, earliest first.
    pub releases: Vec<Release>,
    /// Cases whose group the release knows.
    pub temporal: Vec<Case>,
    /// Cases whose group the release does not know.
    pub open_set: Vec<Case>,
    /// Campaigns.
    pub campaigns: Vec<KnownCampaign>,
    /// Scores of the Dirichlet baseline for the first temporal cases; empty if the file has none.
    pub checks: Vec<CheckedScores>,
    /// What was passed over, and why.
    pub notes: Vec<String>,
}

#[derive(Deserialize)]
struct RawFile {
    feats: Vec<Vec<Value>>,
    groups: Vec<Vec<Value>>,
    releases: Vec<RawRelease>,
    temporal: Vec<RawCase>,
    #[serde(default)]
    openset: Vec<RawCase>,
    #[serde(default)]
    campaigns: Vec<RawCampaign>,
    #[serde(default, rename = "check_DirichletLR_a100_g0.5_p1")]
    checks: Vec<CheckedScores>,
    #[serde(default)]
    #[allow(dead_code)] // free text
    note: Option<IgnoredAny>,
    #[serde(flatten)]
    extra: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct RawRelease {
    tag: String,
    #[serde(default)]
    date: String,
    profiles: BTreeMap<String, Vec<(usize, u32)>>,
    #[serde(default)]
    nsrc: BTreeMap<String, u32>,
    #[serde(flatten)]
    extra: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct RawCase {
    r: usize,
    g: usize,
    f: Vec<usize>,
    #[serde(flatten)]
    extra: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct RawCampaign {
    #[serde(default)]
    ext: String,
    #[serde(default)]
    name: String,
    groups: Vec<usize>,
    feats: Vec<usize>,
    #[serde(default)]
    release: Option<usize>,
    #[serde(flatten)]
    extra: BTreeMap<String, IgnoredAny>,
}

/// Campaign keys that are known and not needed here.
const UNUSED_CAMPAIGN_KEYS: &[&str] = &["current", "first_seen"];

impl Benchmark {
    /// Reads and checks a file. Keys it does not know are noted and passed over.
    ///
    /// # Errors
    ///
    /// [`FileError`] with the place of what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let raw: RawFile = serde_json::from_slice(bytes)?;
        let mut notes = unknown_keys(&raw);
        let features = features(&raw.feats, &mut notes)?;
        let groups = groups(&raw.groups)?;
        let counts = [features.len(), groups.len()];
        let releases = releases(raw.releases, counts)?;
        let mut file = Self {
            features,
            groups,
            releases,
            temporal: Vec::new(),
            open_set: Vec::new(),
            campaigns: Vec::new(),
            checks: raw.checks,
            notes: Vec::new(),
        };
        file.temporal = file.cases(raw.temporal, "temporal", true, &mut notes)?;
        file.open_set = file.cases(raw.openset, "openset", false, &mut notes)?;
        file.campaigns = file.campaigns(raw.campaigns, &mut notes)?;
        file.notes = notes;
        Ok(file)
    }

    /// The knowledge of one release; empty for an index that does not exist.
    #[must_use]
    pub fn knowledge(&self, release: usize) -> Knowledge {
        let kinds: Vec<Kind> = self.features.iter().map(|f| f.kind).collect();
        let profiles = self
            .releases
            .get(release)
            .map_or(&[][..], |r| r.profiles.as_slice());
        Knowledge::new(&kinds, profiles)
    }

    /// The place of a group among the candidates of a release.
    #[must_use]
    pub fn candidate(&self, release: usize, group: usize) -> Option<usize> {
        self.releases
            .get(release)?
            .groups
            .binary_search(&group)
            .ok()
    }

    /// A release by tag (`ATT&CK-v6.0`) or its last part (`v6.0`, `6.0`).
    ///
    /// # Errors
    ///
    /// [`FileError::Release`] with the tags there are.
    pub fn release(&self, wanted: &str) -> Result<usize, FileError> {
        let is = |tag: &str| {
            tag == wanted
                || tag
                    .rsplit('-')
                    .next()
                    .is_some_and(|v| v == wanted || v.strip_prefix('v') == Some(wanted))
        };
        self.releases
            .iter()
            .position(|r| is(&r.tag))
            .ok_or_else(|| {
                let tags: Vec<&str> = self.releases.iter().map(|r| r.tag.as_str()).collect();
                FileError::Release {
                    wanted: wanted.to_owned(),
                    known: tags.join(", "),
                }
            })
    }

    fn cases(
        &self,
        raw: Vec<RawCase>,
        list: &'static str,
        candidate: bool,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Case>, FileError> {
        let mut cases = Vec::with_capacity(raw.len());
        let mut misplaced = 0;
        for (at, case) in raw.into_iter().enumerate() {
            let place = || format!("{list}[{at}]");
            below(case.r, self.releases.len(), "release", place)?;
            below(case.g, self.groups.len(), "group", place)?;
            for feature in &case.f {
                below(*feature, self.features.len(), "feature", place)?;
            }
            if self.candidate(case.r, case.g).is_some() == candidate {
                cases.push(Case {
                    release: case.r,
                    group: case.g,
                    features: case.f,
                });
            } else {
                misplaced += 1;
            }
        }
        if misplaced > 0 {
            let why = if candidate {
                "does not know"
            } else {
                "knows already"
            };
            notes.push(format!(
                "{misplaced} cases of `{list}` passed over: their release {why} their group"
            ));
        }
        Ok(cases)
    }

    fn campaigns(
        &self,
        raw: Vec<RawCampaign>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<KnownCampaign>, FileError> {
        let mut campaigns = Vec::new();
        for (at, campaign) in raw.into_iter().enumerate() {
            let place = || format!("campaigns[{at}]");
            let name = match (campaign.ext.as_str(), campaign.name.as_str()) {
                (id, name) if id == name || name.is_empty() => id.to_owned(),
                (id, name) => format!("{id} {name}"),
            };
            let Some(release) = campaign.release else {
                notes.push(format!(
                    "campaign {name} passed over: no release knows its groups and not yet itself"
                ));
                continue;
            };
            below(release, self.releases.len(), "release", place)?;
            for group in &campaign.groups {
                below(*group, self.groups.len(), "group", place)?;
            }
            for feature in &campaign.feats {
                below(*feature, self.features.len(), "feature", place)?;
            }
            if campaign
                .groups
                .iter()
                .any(|g| self.candidate(release, *g).is_some())
            {
                let (groups, features) = (campaign.groups, campaign.feats);
                campaigns.push(KnownCampaign {
                    name,
                    release,
                    groups,
                    features,
                });
            } else {
                notes.push(format!(
                    "campaign {name} passed over: its release does not know its groups"
                ));
            }
        }
        Ok(campaigns)
    }
}

fn unknown_keys(raw: &RawFile) -> Vec<String> {
    let mut keys: BTreeSet<String> = raw.extra.keys().cloned().collect();
    keys.extend(
        raw.releases
            .iter()
            .flat_map(|r| r.extra.keys().map(|k| format!("releases.{k}"))),
    );
    keys.extend(
        raw.temporal
            .iter()
            .flat_map(|c| c.extra.keys().map(|k| format!("temporal.{k}"))),
    );
    keys.extend(
        raw.openset
            .iter()
            .flat_map(|c| c.extra.keys().map(|k| format!("openset.{k}"))),
    );
    for campaign in &raw.campaigns {
        let unknown = campaign
            .extra
            .keys()
            .filter(|k| !UNUSED_CAMPAIGN_KEYS.contains(&k.as_str()));
        keys.extend(unknown.map(|k| format!("campaigns.{k}")));
    }
    keys.into_iter()
        .map(|key| format!("unknown key `{key}` passed over"))
        .collect()
}

fn text(row: &[Value], column: usize, place: impl Fn() -> String) -> Result<&str, FileError> {
    let found = row.get(column).and_then(Value::as_str);
    found.ok_or_else(|| FileError::Content {
        place: place(),
        problem: format!("no text in column {column}"),
    })
}

fn features(raw: &[Vec<Value>], notes: &mut Vec<String>) -> Result<Vec<Feature>, FileError> {
    let mut others = 0;
    let read = |(at, row): (usize, &Vec<Value>)| {
        let place = || format!("feats[{at}]");
        let id = text(row, 0, place)?.to_owned();
        let kind = match text(row, 1, place)? {
            "S" => Kind::Software,
            "T" => Kind::Technique,
            _ => {
                others += 1;
                Kind::Technique
            }
        };
        Ok(Feature { id, kind })
    };
    let features = raw
        .iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, FileError>>()?;
    if others > 0 {
        notes.push(format!(
            "{others} features are neither T nor S; counted as techniques"
        ));
    }
    Ok(features)
}

fn groups(raw: &[Vec<Value>]) -> Result<Vec<Group>, FileError> {
    let read = |(at, row): (usize, &Vec<Value>)| {
        let place = || format!("groups[{at}]");
        Ok(Group {
            id: text(row, 0, place)?.to_owned(),
            name: text(row, 1, place)?.to_owned(),
            country: row.get(2).and_then(Value::as_str).map(str::to_owned),
        })
    };
    raw.iter().enumerate().map(read).collect()
}

/// Counts: features, groups.
fn releases(raw: Vec<RawRelease>, counts: [usize; 2]) -> Result<Vec<Release>, FileError> {
    let mut releases = Vec::with_capacity(raw.len());
    for (at, release) in raw.into_iter().enumerate() {
        let place = || format!("releases[{at}] {} {}", release.tag, release.date);
        let mut known = BTreeMap::new();
        for (key, features) in release.profiles {
            let group: usize = key.parse().map_err(|_| FileError::Content {
                place: place(),
                problem: format!("a profile of `{key}`, which is no group index"),
            })?;
            below(group, counts[1], "group", place)?;
            for (feature, _) in &features {
                below(*feature, counts[0], "feature", place)?;
            }
            let sources = release.nsrc.get(&key).copied().unwrap_or(0);
            known.insert(group, Profile { features, sources });
        }
        let (groups, profiles) = known.into_iter().unzip();
        releases.push(Release {
            tag: release.tag,
            groups,
            profiles,
        });
    }
    Ok(releases)
}

fn below(
    index: usize,
    count: usize,
    what: &'static str,
    place: impl Fn() -> String,
) -> Result<(), FileError> {
    if index < count {
        return Ok(());
    }
    Err(FileError::Index {
        place: place(),
        what,
        index: index as u64,
        count,
    })
}
