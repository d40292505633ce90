//! The floor under c: what nobody outside can re-check is never trusted beyond a charter's limit.

use crate::evaluation::RaisedCap;
use crate::input::{Case, Strand};
use crate::params::Params;

/// Raises the c of every strand to its floor; the higher floor where the strand holds an item
/// that a stranger cannot re-check (method.md section 8: unshared evidence only with c >= .08).
pub(crate) fn raise_caps(case: &mut Case, params: &Params) -> Vec<RaisedCap> {
    let items = &case.items;
    let unshared = |strand: &Strand| {
        items
            .iter()
            .any(|i| i.strand == strand.id && !i.recheckable)
    };
    let mut raised = Vec::new();
    for strand in &mut case.strands {
        let floor = if unshared(strand) {
            params.unshared_c_min_ppm
        } else {
            params.c_min_ppm
        };
        if strand.c_ppm < floor {
            raised.push(RaisedCap {
                strand: strand.id.clone(),
                from_ppm: strand.c_ppm,
                to_ppm: floor,
            });
            strand.c_ppm = floor;
        }
    }
    raised
}
