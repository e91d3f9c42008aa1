using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about faults that a route injects.</summary>
internal static class RefusedFault
{
    private static readonly string[] Codes =
    [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    public static void Check(Node fault, Refusals to)
    {
        if (!to.Read.Map(fault).IsObject)
            return;
        var abort = fault["abort"u8];
        var delay = fault["delay"u8];
        if (!abort.Exists && !delay.Exists)
            to.Add(fault, "fault", "fault has neither abort nor delay, at least one of them is needed: remove the fault where none is meant");
        Percentage(abort["percentage"u8]["value"u8], "abort", to);
        Percentage(delay["percentage"u8]["value"u8], "delay", to);
        to.Range(abort["httpStatus"u8], "httpStatus", 200, 600);
        if (abort["http2Error"u8].Exists)
            to.Add(abort["http2Error"u8], "http2Error", "http2Error is not supported, httpStatus or grpcStatus is", "httpStatus: 503");
        if (to.Read.Text(abort["grpcStatus"u8]) is { } code && !Codes.Contains(code, StringComparer.Ordinal))
        {
            to.Add(
                abort["grpcStatus"u8],
                "grpcStatus",
                $"grpcStatus is {Refusals.Word(code)}, the name of a code such as UNAVAILABLE is expected",
                "grpcStatus: UNAVAILABLE"
            );
        }
        to.Duration(delay["fixedDelay"u8], "fixedDelay");
        if (delay["exponentialDelay"u8].Exists)
            to.Add(delay["exponentialDelay"u8], "exponentialDelay", "exponentialDelay is not supported, fixedDelay is", "fixedDelay: 2s");
    }

    private static void Percentage(Node value, string of, Refusals to)
    {
        if (to.Read.Number(value) is not { } percent || percent is 0 or (>= 0.0001 and <= 100))
            return;
        to.Add(value, $"{of} percentage", $"the percentage of {of} is {Refusals.Written(percent)}, 0 or 0.0001 to 100 is allowed", "value: 1");
    }
}
