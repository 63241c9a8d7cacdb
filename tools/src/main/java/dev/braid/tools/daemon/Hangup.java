package dev.braid.tools.daemon;

import java.lang.reflect.Proxy;

/**
 * SIGHUP, which asks a daemon to read its configuration again. By reflection: the JDK's own class for signals has no public name that
 * compiles without a warning.
 */
final class Hangup {
    private Hangup() {}

    /** Runs this on a thread of the JVM's at each SIGHUP from now on, instead of ending the process. */
    static void handle(Runnable reload) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler},
                    (self, method, arguments) -> answer(reload, self, method.getName()));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot tell of SIGHUP", e);
        }
    }

    private static Object answer(Runnable reload, Object self, String method) {
        switch (method) {
            case "handle" -> reload.run();
            case "hashCode" -> {
                return System.identityHashCode(self);
            }
            case "equals" -> {
                return false; // nobody compares handlers
            }
            default -> {
                return "reload";
            }
        }
        return method;
    }
}
