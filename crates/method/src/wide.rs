//! Running a loop with the widest vector instructions the processor has.
//!
//! Only the speed differs: the same multiplications and additions run in the same order on more
//! cells at a time, nothing is fused, and the bit pins hold with and without.

/// A loop over many cells. What is not inlined into `run` is compiled for any processor only, so
/// `run` and all it calls are `#[inline(always)]`.
pub(crate) trait Wide {
    /// Runs it.
    fn run(self);
}

/// Runs `work`, compiled once for any processor and once for those with AVX2.
#[cfg(not(target_family = "wasm"))]
#[inline(always)]
pub(crate) fn wide(work: impl Wide) {
    struct Work<W>(W);
    impl<W: Wide> pulp::NullaryFnOnce for Work<W> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            self.0.run();
        }
    }
    pulp::Arch::new().dispatch(Work(work));
}

/// WebAssembly has one width.
#[cfg(target_family = "wasm")]
#[inline(always)]
pub(crate) fn wide(work: impl Wide) {
    work.run();
}
