//! The floor under c: what nobody outside can re-check, and what a machine made, is never trusted
//! beyond a charter's limit.

use crate::evaluation::RaisedCap;
use crate::input::{Case, Strand};
use crate::params::Params;

/// Raises the c of every strand to its floor: a higher one where the strand holds an item that a
/// stranger cannot re-check (method.md section 8: unshared evidence only with c >= .08), and where
/// a machine made it (section 11: a suggestion is one strand, capped).
pub(crate) fn raise_caps(case: &mut Case, params: &Params) -> Vec<RaisedCap> {
    let items = &case.items;
    let unshared = |strand: &Strand| {
        items
            .iter()
            .any(|i| i.strand == strand.id && !i.recheckable)
    };
    let mut raised = Vec::new();
    for strand in &mut case.strands {
        let mut floor = params.c_min_ppm;
        if unshared(strand) {
            floor = floor.max(params.unshared_c_min_ppm);
        }
        if strand.machine {
            floor = floor.max(params.machine_c_min_ppm);
        }
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
