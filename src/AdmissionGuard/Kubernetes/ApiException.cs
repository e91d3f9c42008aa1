using System.Net;

namespace AdmissionGuard.Kubernetes;

/// <summary>The API server refused, or could not be asked. The message is one line that names the server and what was asked.</summary>
internal sealed class ApiException(HttpStatusCode? status, string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The connection failed, the answer was cut off or came too late.</summary>
    public const string Unreachable = "Unreachable";

    /// <summary>The answer is not JSON, or not an object.</summary>
    public const string Unreadable = "Unreadable";

    /// <summary>The answer is larger than we take.</summary>
    public const string TooLarge = "TooLarge";

    /// <summary>What shall say who we are could not be had: a token file, a plugin.</summary>
    public const string Credentials = "Credentials";

    /// <summary>Null where no answer came.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>As the server's Status object says (<c>AlreadyExists</c>, <c>Expired</c>), else one of the constants above.</summary>
    public string Reason { get; } = reason;

    /// <summary>How long the server asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The machine-readable reasons of <c>details.causes</c> in the server's Status.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>Nothing new can be made in a namespace that is being deleted (its admission plugin answers 403 with this cause).</summary>
    public bool IsNamespaceEnding => Causes.Contains("NamespaceTerminating", StringComparer.Ordinal);

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>The resourceVersion is too old: only a new list helps.</summary>
    public bool IsGone => Status == HttpStatusCode.Gone || Reason is "Expired" or "Gone";
}
