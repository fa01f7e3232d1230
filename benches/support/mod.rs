//! What the benchmarks share: the program, the plain ways, rounds of both in turn, and the table.

pub mod cdx;
pub mod machine;
pub mod options;
pub mod plain;
pub mod read;
pub mod rounds;
pub mod table;
