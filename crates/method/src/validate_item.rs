//! The checks of one item, against the declared actors and strands.

use crate::grade;
use crate::input::{
    ActorKind, DeceptionRatios, Hypotheses, Item, ItemKind, MAX_LR_MBAN, PPM, Strand,
};
use crate::validate::{InputError, count, identifier, is_state, range};
use std::collections::BTreeSet;

/// Most upstreams, and most exhibits, of one item.
pub const MAX_ORIGINS: usize = 256;
/// Longest upstream, in bytes.
pub const MAX_UPSTREAM_LEN: usize = 200;

/// What items may refer to; used for look-up only, never for order.
pub(crate) struct Known<'a> {
    actors: BTreeSet<&'a str>,
    frames: BTreeSet<&'a str>,
    strands: BTreeSet<&'a str>,
    machine: Option<&'a str>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(hypotheses: &'a Hypotheses, strands: &'a [Strand]) -> Self {
        let listed = |a: &&crate::input::Actor| a.kind != ActorKind::NoneOfThese;
        Self {
            actors: hypotheses.actors.iter().map(|a| a.id.as_str()).collect(),
            frames: hypotheses
                .actors
                .iter()
                .filter(listed)
                .map(|a| a.id.as_str())
                .collect(),
            strands: strands.iter().map(|s| s.id.as_str()).collect(),
            machine: strands.iter().find(|s| s.machine).map(|s| s.id.as_str()),
        }
    }
}

pub(crate) fn validate(item: &Item, known: &Known<'_>) -> Result<(), InputError> {
    let place = format!("item {}", item.id);
    refers(&place, "strand", &item.strand, &known.strands)?;
    let suggestion = item.kind == ItemKind::Suggestion;
    if suggestion != (known.machine == Some(item.strand.as_str())) {
        return Err(InputError::MachineMade {
            item: item.id.clone(),
            strand: item.strand.clone(),
        });
    }
    range(&place, "phi_ppm", item.phi_ppm.into(), 0, PPM.into())?;
    validate_r(item, &place)?;
    validate_ratios(item, &place, known)?;
    if let Some(deception) = &item.deception {
        validate_deception(deception, &place, known)?;
    }
    validate_origins(item)?;
    identifier("source organisation", &item.source.organisation)?;
    if let Some(bloc) = &item.source.bloc {
        identifier("source bloc", bloc)?;
    }
    match &item.source.state {
        Some(state) if !is_state(state) => Err(InputError::State {
            place,
            state: item.source.state.clone(),
        }),
        _ => Ok(()),
    }
}

fn validate_r(item: &Item, place: &str) -> Result<(), InputError> {
    let Some([low, mid, high]) = item.r_ppm else {
        return Ok(());
    };
    if grade::is_unknown(item.reliability, item.credibility) {
        return Err(InputError::UnknownGradeWithR {
            item: item.id.clone(),
        });
    }
    range(place, "r_ppm", high.into(), 0, PPM.into())?;
    ascending(place, "r_ppm", [low.into(), mid.into(), high.into()])
}

fn validate_ratios(item: &Item, place: &str, known: &Known<'_>) -> Result<(), InputError> {
    let mut seen = BTreeSet::new();
    for ratio in &item.lr {
        refers(place, "actor", &ratio.actor, &known.actors)?;
        if !seen.insert(ratio.actor.as_str()) {
            return Err(InputError::Duplicate {
                what: "ratio of actor",
                id: ratio.actor.clone(),
            });
        }
        for mban in ratio.mban {
            ratio_range(place, "lr mban", mban)?;
        }
        ascending(place, "lr mban", ratio.mban.map(i64::from))?;
    }
    Ok(())
}

fn validate_deception(
    deception: &DeceptionRatios,
    place: &str,
    known: &Known<'_>,
) -> Result<(), InputError> {
    ratio_range(place, "deception none_mban", deception.none_mban)?;
    ratio_range(place, "deception other_mban", deception.other_mban)?;
    let mut seen = BTreeSet::new();
    for row in &deception.imitating {
        refers(place, "imitated actor", &row.actor, &known.frames)?;
        if !seen.insert(row.actor.as_str()) {
            return Err(InputError::Duplicate {
                what: "imitated actor",
                id: row.actor.clone(),
            });
        }
        ratio_range(place, "deception mban", row.mban)?;
    }
    Ok(())
}

fn validate_origins(item: &Item) -> Result<(), InputError> {
    count("upstreams of an item", item.upstream.len(), 0, MAX_ORIGINS)?;
    count("exhibits of an item", item.exhibits.len(), 0, MAX_ORIGINS)?;
    for upstream in &item.upstream {
        let length = (1..=MAX_UPSTREAM_LEN).contains(&upstream.len());
        let plain = upstream.trim() == upstream && !upstream.chars().any(char::is_control);
        if !(length && plain) {
            return Err(malformed(item, "upstream", upstream));
        }
    }
    for exhibit in &item.exhibits {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if exhibit.len() != 64 || !exhibit.bytes().all(hex) {
            return Err(malformed(item, "exhibit", exhibit));
        }
    }
    Ok(())
}

fn malformed(item: &Item, what: &'static str, text: &str) -> InputError {
    InputError::Text {
        item: item.id.clone(),
        what,
        text: text.to_owned(),
    }
}

fn refers(
    place: &str,
    what: &'static str,
    id: &str,
    known: &BTreeSet<&str>,
) -> Result<(), InputError> {
    if known.contains(id) {
        Ok(())
    } else {
        Err(InputError::Unknown {
            place: place.to_owned(),
            what,
            id: id.to_owned(),
        })
    }
}

fn ratio_range(place: &str, what: &'static str, mban: i32) -> Result<(), InputError> {
    range(
        place,
        what,
        mban.into(),
        -i64::from(MAX_LR_MBAN),
        MAX_LR_MBAN.into(),
    )
}

fn ascending(place: &str, what: &'static str, values: [i64; 3]) -> Result<(), InputError> {
    let [low, mid, high] = values;
    if low <= mid && mid <= high {
        Ok(())
    } else {
        Err(InputError::Decreasing {
            place: place.to_owned(),
            what,
            values,
        })
    }
}
