using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AdmissionGuard.Benchmarks.Load;

/// <summary>Round trips of one round, and how long it took.</summary>
internal sealed record Round(double[] Microseconds, double Seconds)
{
    public double PerSecond => Microseconds.Length / Seconds;

    public double Percentile(double part) => Microseconds[(int)Math.Min(Microseconds.Length - 1, Microseconds.Length * part)];
}

/// <summary>
/// One request after the other on each of some kept-open connections over TLS. It speaks just enough HTTP/1.1 for our own server,
/// because a whole HTTP client would compute more than the server does, on the same two cores.
/// </summary>
internal sealed class LoadClient(int port, X509Certificate2 authority)
{
    /// <summary>Sends the request until the time is up or the count is reached; every answer must have status 200 and contain the text.</summary>
    public async Task<Round> Run(string path, byte[] body, string expected, int connections, int atMost, TimeSpan time)
    {
        var request = Request(path, body);
        var streams = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Connect()));
        var left = atMost;
        var started = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(streams.Select(s => Task.Run(() => Send(s))));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var stream in streams)
            await stream.DisposeAsync();
        var merged = all.SelectMany(t => t).ToArray();
        Array.Sort(merged);
        return new Round(merged, seconds);

        async Task<List<double>> Send(SslStream stream)
        {
            var took = new List<double>(4096);
            var buffer = new byte[64 << 10];
            var wanted = Encoding.ASCII.GetBytes(expected);
            while (Interlocked.Decrement(ref left) >= 0 && Stopwatch.GetElapsedTime(started) < time)
            {
                var sent = Stopwatch.GetTimestamp();
                await stream.WriteAsync(request);
                var length = await Answer(stream, buffer);
                took.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
                var answer = buffer.AsSpan(0, length);
                if (!answer.StartsWith("HTTP/1.1 200"u8) || answer.IndexOf(wanted) < 0)
                    throw new InvalidOperationException(Encoding.UTF8.GetString(answer[..Math.Min(length, 600)]));
            }
            return took;
        }
    }

    /// <summary>The time from now until one request is answered; tries again while nobody listens.</summary>
    public async Task FirstAnswer(byte[] body, TimeSpan atMost)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await Run("/validate", body, "\"allowed\"", connections: 1, atMost: 1, TimeSpan.FromSeconds(10));
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < atMost)
            {
                await Task.Delay(2);
            }
        }
    }

    /// <summary>A connection that sends one request again and again, when it is told to.</summary>
    public async Task<Link> Open(string path, byte[] body) => new(await Connect(), Request(path, body));

    internal sealed class Link(SslStream stream, byte[] request) : IAsyncDisposable
    {
        private readonly byte[] buffer = new byte[64 << 10];

        /// <returns>The status of the answer.</returns>
        public async Task<int> Ask()
        {
            await stream.WriteAsync(request);
            var length = await Answer(stream, buffer);
            return int.Parse(buffer.AsSpan(0, length)["HTTP/1.1 ".Length..][..3], CultureInfo.InvariantCulture);
        }

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }

    private static byte[] Request(string path, byte[] body) =>
        [
            .. Encoding.ASCII.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"
                )
            ),
            .. body,
        ];

    private async Task<SslStream> Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            }
        );
        return stream;
    }

    /// <summary>Reads one answer, whose length its head says.</summary>
    private static async ValueTask<int> Answer(SslStream stream, byte[] buffer)
    {
        var length = 0;
        var whole = int.MaxValue;
        while (length < whole)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
                throw new EndOfStreamException("the server closed the connection");
            length += read;
            if (whole == int.MaxValue)
                whole = Length(buffer.AsSpan(0, length));
        }
        return length;
    }

    private static int Length(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return int.MaxValue;
        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0)
            throw new InvalidOperationException("an answer without Content-Length");
        var digits = answer[(at + "Content-Length: ".Length)..head];
        var end = digits.IndexOf((byte)'\r');
        return head + 4 + int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }
}
