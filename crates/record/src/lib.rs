//! Signed statements, the rules that admit them, the state they fold into, bundles and audits; no I/O.
