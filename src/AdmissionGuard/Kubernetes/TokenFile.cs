using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Files;

namespace AdmissionGuard.Kubernetes;

/// <summary>A token in a file that somebody else keeps fresh: read again every minute, and at once when the server refuses it.</summary>
internal sealed class TokenFile(string path, TimeProvider time, X509Certificate2? certificate = null) : ICredential
{
    public static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private sealed record Held(AuthenticationHeaderValue Header, long ReadAt);

    private volatile Held? held;

    public ValueTask<Identity> Get(CancellationToken stop)
    {
        var now = held;
        if (now is null || time.GetElapsedTime(now.ReadAt) >= Freshness)
            held = now = new Held(new AuthenticationHeaderValue("Bearer", Read()), time.GetTimestamp());
        return ValueTask.FromResult(new Identity(now.Header, certificate));
    }

    public bool Refused()
    {
        held = null;
        return true;
    }

    private string Read()
    {
        try
        {
            var token = File.ReadAllText(path).Trim();
            return token.Length > 0 ? token : throw new InputException($"{path}: no token in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the token cannot be read: {e.Message}");
        }
    }
}
