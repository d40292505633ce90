//! C2SP transparency-log formats and proofs, with no I/O.
