package dev.braid.tools.drill;

import dev.braid.fastpath.wire.Prefix;

/**
 * What a session is to be: {@code session=TOKEN local=192.168.0.1/16,gw=…,remote=…,mtu=1500}.
 *
 * @param token ties the call and the wire connection together
 * @param local the host's own address with its network
 * @param mtu of the one link, bytes of IP
 */
record Greeting(String token, Prefix local, int mtu) {
    private static final String DEFAULT_LOCAL = "192.168.0.1/16";
    private static final int DEFAULT_MTU = 1500;
    private static final int LEAST_MTU = 576;
    private static final int MOST_MTU = 65_535;

    /** @throws BadRecord for an address or a number that is none */
    static Greeting parse(String text) {
        String token = "0";
        String local = DEFAULT_LOCAL;
        String mtu = String.valueOf(DEFAULT_MTU);
        for (String word : text.split("[ ,]")) {
            int equals = word.indexOf('=');
            String value = word.substring(equals + 1);
            switch (equals < 0 ? "" : word.substring(0, equals)) {
                case "session" -> token = value;
                case "local" -> local = value;
                case "mtu" -> mtu = value;
                default -> {} // the gateway and the remote address: there is one link, and everything goes through it
            }
        }
        try {
            return new Greeting(token, Prefix.parse(local), Math.clamp(Integer.parseInt(mtu), LEAST_MTU, MOST_MTU));
        } catch (IllegalArgumentException wrong) {
            throw new BadRecord("the greeting \"" + text + "\": " + wrong.getMessage());
        }
    }
}
