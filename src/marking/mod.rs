//! Classification and control markings.
