/** What the tests of several modules share. */
package io.qwenasr.test;
