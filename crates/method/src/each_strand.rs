//! Every actor's probability with each strand left out in turn, whoever leads.

use crate::caps::raise_caps;
use crate::input::Case;
use crate::merge::merge_strands;
use crate::model::Model;
use crate::params::Params;
use crate::posterior::Exact;
use crate::validate::InputError;

/// The posterior without one strand.
#[derive(Clone, Debug, PartialEq)]
pub struct WithoutStrand {
    /// The strand left out, as merged.
    pub strand: String,
    /// P of every actor, in declared order.
    pub actors: Vec<f64>,
}

/// Leaves out each strand that holds an item, in declared order, after merging and raising as
/// [`crate::evaluate`] does. A finding that clears a state must survive every one of these.
///
/// # Errors
/// As [`crate::evaluate`].
pub fn without_each_strand(case: &Case, params: &Params) -> Result<Vec<WithoutStrand>, InputError> {
    case.validate()?;
    params.validate()?;
    let (mut merged, _) = merge_strands(case);
    raise_caps(&mut merged, params);
    let model = Model::new(&merged);
    let exact = Exact::new(&model);
    let mut out = Vec::new();
    for strand in &merged.strands {
        let removed: Vec<bool> = merged.items.iter().map(|i| i.strand == strand.id).collect();
        if removed.contains(&true) {
            out.push(WithoutStrand {
                strand: strand.id.clone(),
                actors: exact.posterior(&removed).actor,
            });
        }
    }
    Ok(out)
}
