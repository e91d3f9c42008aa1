using System.Globalization;

namespace AdmissionGuard.Core.Terms;

/// <summary>How points in time are written, always in UTC and the same in every culture.</summary>
public static class Times
{
    /// <summary>RFC 3339 with seconds, as Kubernetes writes <c>metav1.Time</c>.</summary>
    public const string SecondFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly string[] Rfc3339 =
    [
        SecondFormat,
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>A time as RFC 3339 writes it; null for anything else.</summary>
    public static DateTimeOffset? Read(string text) =>
        DateTimeOffset.TryParseExact(text, Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary><c>2026-11-21T12:00:00Z</c>.</summary>
    public static string Second(DateTimeOffset time) => Write(time, SecondFormat);

    /// <summary><c>2026-11-21T12:00:00.000Z</c>, where two things happen in one second.</summary>
    public static string Millisecond(DateTimeOffset time) => Write(time, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    /// <summary><c>2026-11-21 12:00Z</c>, for people.</summary>
    public static string Minute(DateTimeOffset time) => Write(time, "yyyy-MM-dd HH:mm'Z'");

    /// <summary><c>2026-11-21</c>.</summary>
    public static string Day(DateTimeOffset time) => Write(time, "yyyy-MM-dd");

    private static string Write(DateTimeOffset time, string format) => time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
