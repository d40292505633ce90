//! Campaigns tested against a release that knew their groups but not yet them.

use std::collections::BTreeMap;

use crate::file::Benchmark;
use crate::knowledge::Knowledge;
use crate::metrics::Answer;
use crate::ranker::Ranker;
use crate::report::CampaignResult;

/// All campaigns of releases from `from` on, with the weights of their release.
pub(crate) fn test(
    ranker: &dyn Ranker,
    file: &Benchmark,
    knowledges: &BTreeMap<usize, Knowledge>,
    weights: &[Vec<f64>],
    from: usize,
) -> Vec<CampaignResult> {
    let tested = file.campaigns.iter().filter(|c| c.release >= from);
    tested
        .map(|campaign| {
            let knowledge = &knowledges[&campaign.release];
            let prepared = ranker.prepare(knowledge);
            let probabilities =
                prepared.probabilities(&campaign.features, &weights[campaign.release]);
            let truths: Vec<usize> = campaign
                .groups
                .iter()
                .filter_map(|g| file.candidate(campaign.release, *g))
                .collect();
            let ranks = truths.iter().map(|t| Answer::of(&probabilities, *t).rank);
            CampaignResult {
                campaign: campaign.name.clone(),
                release: file.releases[campaign.release].tag.clone(),
                known_features: knowledge.known(&campaign.features).len(),
                rank: ranks.min().unwrap_or(usize::MAX),
                probability: truths.iter().map(|t| probabilities[*t]).sum(),
            }
        })
        .collect()
}
