import java.io.PrintWriter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Runs one test method for {@code ./prove}: {@code OneTest CLASS METHOD}. Exit code 0: it passed; 1: it failed; 2: it did
 * not run.
 */
final class OneTest {
    private OneTest() {}

    public static void main(String[] args) {
        var listener = new SummaryGeneratingListener();
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(args[0]))
                .filters(new OnlyMethod(args[1]))
                .build();
        LauncherFactory.create().execute(request, listener);
        var summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true), 30);
        boolean ran = summary.getTestsSucceededCount() + summary.getTestsFailedCount() > 0;
        // Threads that the broken code left behind do not keep us.
        Runtime.getRuntime().halt(summary.getTotalFailureCount() > 0 ? 1 : ran ? 0 : 2);
    }

    /** Methods by their name, whatever their parameters: those of a contract, of a nested class, of a parameterised test. */
    private record OnlyMethod(String name) implements org.junit.platform.launcher.PostDiscoveryFilter {
        @Override
        public org.junit.platform.engine.FilterResult apply(org.junit.platform.engine.TestDescriptor test) {
            var source = test.getSource().orElse(null);
            boolean other = source instanceof org.junit.platform.engine.support.descriptor.MethodSource method
                    && !method.getMethodName().equals(name);
            return org.junit.platform.engine.FilterResult.includedIf(!other);
        }
    }
}
