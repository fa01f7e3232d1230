//! The behaviours the tool shows, each with its grade, source and the tests that prove it.
