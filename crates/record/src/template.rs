//! Commented templates of every statement type, for `solferino new TYPE`.
