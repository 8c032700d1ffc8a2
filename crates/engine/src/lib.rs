//! One facade: Request to Report; configuration file; rendering of a Report
