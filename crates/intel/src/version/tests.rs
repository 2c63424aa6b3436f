use std::cmp::Ordering::{Equal, Greater, Less};

use proptest::prelude::*;

use super::*;
