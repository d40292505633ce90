//! Every actor's probability with each strand left out in turn, whoever leads.

use crate::caps::raise_caps;
use crate::input::{Case, Item};
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
/// [`crate::evaluate`] does; what a machine suggested is left out every time. A finding that clears a state must survive every one of these.
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
    let machine = |id: &str| merged.strands.iter().any(|s| s.machine && s.id == id);
    for strand in merged.strands.iter().filter(|s| !s.machine) {
        let left_out = |i: &Item| i.strand == strand.id || machine(&i.strand);
        let holds = merged.items.iter().any(|i| i.strand == strand.id);
        let removed: Vec<bool> = merged.items.iter().map(left_out).collect();
        if holds {
            out.push(WithoutStrand {
                strand: strand.id.clone(),
                actors: exact.posterior(&removed).actor,
            });
        }
    }
    Ok(out)
}
