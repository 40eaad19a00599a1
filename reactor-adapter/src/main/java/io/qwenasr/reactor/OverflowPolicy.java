package io.qwenasr.reactor;

/** What is lost when more audio arrives than may wait; see {@link LiveBuffer}. */
enum OverflowPolicy {
    DROP_OLDEST,
    DROP_NEWEST,
    FAIL
}
