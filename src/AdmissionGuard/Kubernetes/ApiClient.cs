using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// The library's client. Kinds that it knows are asked for by its typed calls; all others, and whatever is listed or watched, by raw JSON over its
/// HttpClient: what is kept of a large list are bytes of ours, not objects of its model, and what it has no model for loses no field.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private readonly Connection connection;
    private readonly TimeProvider time;
    private readonly k8s.Kubernetes client;

    public ApiClient(Connection connection, TimeProvider time)
    {
        this.connection = connection;
        this.time = time;
        client = connection.Client(new ApiHandler(connection, time));
    }

    public Uri Server => connection.Server;

    public void Dispose() => client.Dispose();

    /// <summary>A call of the library.</summary>
    /// <exception cref="ApiException">It failed, or its answer does not fit the library's model.</exception>
    public async Task<T> Typed<T>(Func<k8s.Kubernetes, Task<T>> call)
    {
        try
        {
            return await call(client);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new ApiException(null, ApiException.Unreadable, $"{Server}: {typeof(T).Name}: {ApiHandler.Innermost(e)}", e);
        }
    }

    /// <summary>The headers of an answer below 400, the caller disposes it.</summary>
    /// <exception cref="ApiException">Everything else.</exception>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, CancellationToken stop, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server, path)) { Version = HttpVersion.Version20, Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Options.Set(ApiHandler.Streamed, value: true);
        // as the library does it for its typed calls: the handler takes the name for TLS from here and from nowhere else
        if (connection.Configuration.TlsServerName is { Length: > 0 } name)
            request.Headers.Host = name;
        if (client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, stop);
        return await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    /// <summary>The answer, which must be an object of no more than <paramref name="most"/> bytes.</summary>
    /// <exception cref="ApiException">Everything else.</exception>
    public async Task<Node> Read(
        HttpMethod method,
        string path,
        CancellationToken stop,
        HttpContent? content = null,
        int most = ApiLimits.ObjectBytes
    )
    {
        using var response = await Send(method, path, stop, content);
        var body = await ResponseBody.Read(response, most, time, stop);
        try
        {
            var root = Node.Parse(body);
            if (root.IsObject)
                return root;
        }
        catch (JsonException e)
        {
            throw Unreadable(response, $"the answer is not JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        throw Unreadable(response, "the answer is not an object");
    }

    private static ApiException Unreadable(HttpResponseMessage response, string why, Exception? inner = null) =>
        new(response.StatusCode, ApiException.Unreadable, $"{response.RequestMessage?.RequestUri}: {why}", inner);
}
