using System.Net;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// Between the library and the wire, for its typed calls and for ours: limits of time and size, one more try after a 401, patience when the server
/// asks for it, impersonation. What is not an answer below 400 leaves it as an <see cref="ApiException"/>, which the library lets through.
/// </summary>
internal sealed class ApiHandler(Connection connection, TimeProvider time) : DelegatingHandler
{
    /// <summary>Of a request whose answer the caller reads himself, within bounds; the library would read any other without one.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streamed = new("streamed");

    private readonly PluginCertificates certificates = new(connection.SetUp);

    public static string Innermost(Exception e) => e.GetBaseException().Message.ReplaceLineEndings(" ");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var what = $"{request.Method} {request.RequestUri!.AbsolutePath}";
        foreach (var (name, value) in connection.Impersonation)
            request.Headers.TryAddWithoutValidation(name, value);
        var isForgiven = false;
        for (var tries = 1; ; tries++)
        {
            var response = await SendOnce(request, what, cancellationToken);
            if (response.StatusCode < HttpStatusCode.BadRequest)
                return request.Options.TryGetValue(Streamed, out _) ? response : await Whole(response, cancellationToken);
            ApiException failure;
            using (response)
                failure = await StatusBody.Read(response, connection.Server, what, time, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !isForgiven && connection.Credential is { } credential)
            {
                isForgiven = true;
                credential.Refused();
                request.Headers.Authorization = await credential.GetAuthenticationHeaderAsync(cancellationToken);
                continue;
            }
            var isAsked =
                response.StatusCode == HttpStatusCode.TooManyRequests
                || (response.StatusCode == HttpStatusCode.ServiceUnavailable && failure.RetryAfter is not null);
            if (!isAsked || tries >= ApiLimits.Tries)
                throw failure;
            var pause = failure.RetryAfter ?? TimeSpan.FromSeconds(1);
            await Task.Delay(pause < ApiLimits.LongestPause ? pause : ApiLimits.LongestPause, time, cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            certificates.Dispose();
        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendOnce(HttpRequestMessage request, string what, CancellationToken stop)
    {
        // a lost server looks like a cancellation: only the caller's own is one
        using var late = new CancellationTokenSource(ApiLimits.Answer, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            return connection.Credential?.Certificate is { } certificate
                ? await certificates.InvokerFor(certificate).SendAsync(request, both.Token)
                : await base.SendAsync(request, both.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            var why = $"{connection.Server}: {what}: no answer in {ApiLimits.Answer.TotalSeconds:0} s";
            throw new ApiException(null, ApiException.Unreachable, why, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ApiException(null, ApiException.Unreachable, $"{connection.Server}: {what}: {Innermost(e)}", e);
        }
    }

    private async Task<HttpResponseMessage> Whole(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            var body = await ResponseBody.Read(response, ApiLimits.ObjectBytes, time, stop);
            response.Content = new ReadOnlyMemoryContent(body);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
