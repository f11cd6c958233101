package dev.holdfast.server;

import java.nio.file.Path;

/**
 * What a server shows who it is with, in PEM.
 *
 * @param certificates the server's, and those that vouch for it, in this order
 * @param key its private key, in PKCS #8, not encrypted
 */
public record TlsFiles(Path certificates, Path key) {}
