using System.Globalization;
using AdmissionGuard.Files;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AdmissionGuard.Telemetry;

/// <summary>
/// Metrics and spans over OTLP, configured by the standard <c>OTEL_*</c> variables alone: the OpenTelemetry SDK reads protocol, headers, time-outs,
/// intervals, sampler, certificate and resource from them. Without an endpoint no provider is made, so that nobody listens to the instruments but
/// <c>/metrics</c>, and no span is begun.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly IDisposable?[] providers;

    private OtlpExport(params IDisposable?[] providers) => this.providers = providers;

    /// <summary>Null where no endpoint is given, or <c>OTEL_SDK_DISABLED</c> is true.</summary>
    /// <param name="environment">The variables of the environment.</param>
    /// <exception cref="InputException">An endpoint is not an http or https URL.</exception>
    public static OtlpExport? Start(IConfiguration environment, TextWriter log)
    {
        if (string.Equals(environment["OTEL_SDK_DISABLED"]?.Trim(), "true", StringComparison.OrdinalIgnoreCase))
            return null;
        var traces = IsWanted("TRACES", environment);
        var metrics = IsWanted("METRICS", environment);
        if (!traces && !metrics)
            return null;
        var exported = (traces, metrics) switch
        {
            (true, true) => "traces and metrics",
            (true, false) => "traces",
            _ => "metrics",
        };
        log.WriteLine($"OTLP: {exported} are exported");
        return new OtlpExport(traces ? Traces(environment) : null, metrics ? Meters(environment) : null);
    }

    /// <summary>Sends what waits, 5 s for each signal at most.</summary>
    public void Dispose()
    {
        foreach (var provider in providers)
            provider?.Dispose();
    }

    private static TracerProvider Traces(IConfiguration environment) =>
        Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(environment))
            .SetResourceBuilder(Resource())
            .AddSource(Metrics.MeterName)
            .AddOtlpExporter(options => Configure(options, "TRACES", environment))
            .Build();

    private static MeterProvider Meters(IConfiguration environment) =>
        Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(environment))
            .SetResourceBuilder(Resource())
            .AddMeter(Metrics.MeterName)
            .AddOtlpExporter(options => Configure(options, "METRICS", environment))
            .Build();

    /// <summary>The variables come last, so that they win.</summary>
    private static ResourceBuilder Resource() =>
        ResourceBuilder
            .CreateEmpty()
            .AddService("admissionguard", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString(3))
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();

    /// <summary>
    /// The variables of one signal, which win over those of all. AddOtlpExporter of 1.20 reads the latter alone:
    /// a test holds the variables of each signal.
    /// </summary>
    private static void Configure(OtlpExporterOptions options, string signal, IConfiguration environment)
    {
        if (Of("ENDPOINT") is { } endpoint)
            options.Endpoint = new Uri(endpoint);
        if (Of("PROTOCOL") is { } protocol)
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (Of("HEADERS") is { } headers)
            options.Headers = headers;
        if (int.TryParse(Of("TIMEOUT"), CultureInfo.InvariantCulture, out var milliseconds))
            options.TimeoutMilliseconds = milliseconds;

        string? Of(string what) =>
            environment[$"OTEL_EXPORTER_OTLP_{signal}_{what}"] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
    }

    private static bool IsWanted(string signal, IConfiguration environment)
    {
        var name = $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";
        if (string.IsNullOrWhiteSpace(environment[name]))
            name = Endpoint;
        if (string.IsNullOrWhiteSpace(environment[name]))
            return false;
        if (string.Equals(environment[$"OTEL_{signal}_EXPORTER"]?.Trim(), "none", StringComparison.OrdinalIgnoreCase))
            return false;
        return
            Uri.TryCreate(environment[name], UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps)
            ? true
            : throw new InputException($"{name}: an http or https URL is expected, such as http://collector:4317");
    }
}
