//! Assets and intelligence to findings, decisions and the plan.
