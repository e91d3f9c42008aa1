using System.Net;
using AdmissionGuard.Server;
using AdmissionGuard.Tests.Kubernetes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AdmissionGuard.Tests.Server;

/// <summary>Connections that ask nothing take no place from those that do.</summary>
public sealed class ConnectionsTests
{
    private readonly FakeTime time = new();

    [Fact]
    public async Task When_all_places_are_taken_the_oldest_that_has_proved_nothing_gives_way()
    {
        var connections = new Connections(time, most: 8);
        var api = Open(connections, "10.0.0.1");
        api.Held.Prove();
        var held = Enumerable.Range(2, 7).Select(n => Open(connections, $"10.0.0.{n}")).ToList();
        Assert.Equal(8, connections.Count);
        var fresh = Open(connections, "10.0.0.99");
        await held[0].Done;
        Assert.Equal(8, connections.Count);
        Assert.False(api.Done.IsCompleted || fresh.Done.IsCompleted || held[1].Done.IsCompleted);
    }

    [Fact]
    public async Task One_address_has_a_quarter_of_them()
    {
        var connections = new Connections(time, most: 8);
        var all = Enumerable.Range(0, 20).Select(_ => Open(connections, "10.0.0.1")).ToList();
        foreach (var gone in all.SkipLast(2))
            await gone.Done;
        Assert.Equal(2, connections.Count);
    }

    [Fact]
    public async Task Where_all_are_the_API_servers_a_new_one_is_refused()
    {
        var connections = new Connections(time, most: 4);
        var proven = new List<Opened>();
        for (var i = 0; i < 4; i++)
        {
            proven.Add(Open(connections, "10.0.0.1"));
            proven[i].Held.Prove();
        }
        await Open(connections, "10.0.0.2", refused: true).Done;
        Assert.DoesNotContain(proven, p => p.Done.IsCompleted);
    }

    [Fact]
    public async Task An_idle_one_ends_like_a_handshake_and_the_API_servers_later()
    {
        var connections = new Connections(time);
        var (silent, asking, api) = (Open(connections, "10.0.0.1"), Open(connections, "10.0.0.2"), Open(connections, "10.0.0.3"));
        asking.Held.Begin();
        api.Held.Prove();
        time.Advance(TimeSpan.FromSeconds(11));
        Beat(silent, asking, api);
        await silent.Done;
        Assert.False(asking.Done.IsCompleted || api.Done.IsCompleted);
        asking.Held.End();
        Beat(asking, api);
        Assert.False(asking.Done.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(11));
        Beat(asking, api);
        await asking.Done;
        time.Advance(TimeSpan.FromMinutes(2));
        Beat(api);
        await api.Done;
        Assert.Equal(0, connections.Count);
    }

    private static void Beat(params Opened[] all)
    {
        foreach (var each in all)
            each.Heart.Beat();
    }

    private static Opened Open(Connections connections, string address, bool refused = false)
    {
        var connection = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };
        var heart = new Heart();
        connection.Features.Set<IConnectionHeartbeatFeature>(heart);
        var done = connections.Serve(connection, async c =>
        {
            Assert.False(refused);
            await Task.Delay(Timeout.Infinite, c.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        return new Opened(done, heart, refused ? null! : (Connections.Held)connection.Items[typeof(Connections.Held)]!);
    }

    private sealed record Opened(Task Done, Heart Heart, Connections.Held Held);

    private sealed class Heart : IConnectionHeartbeatFeature
    {
        private readonly List<Action> beats = [];

        public void OnHeartbeat(Action<object> action, object state) => beats.Add(() => action(state));

        public void Beat() => beats.ForEach(b => b());
    }
}
