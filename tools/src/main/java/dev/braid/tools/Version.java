package dev.braid.tools;

import picocli.CommandLine.IVersionProvider;

/** What {@code braid --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"braid " + (version == null ? "(built from sources)" : version)
                + ", Java " + Runtime.version().feature()};
    }
}
