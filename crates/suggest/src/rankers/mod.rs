//! One ranker per file.

pub(crate) mod bm25;
pub(crate) mod cosine;
pub(crate) mod dirichlet;
pub(crate) mod guarded;
pub(crate) mod jaccard;
pub(crate) mod logit;
