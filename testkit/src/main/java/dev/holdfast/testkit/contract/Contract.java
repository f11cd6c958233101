package dev.holdfast.testkit.contract;

/** What every part of a contract is given: a fresh store for each test. */
interface Contract {
    Lab lab();
}
