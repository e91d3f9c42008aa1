using System.Net;
using AdmissionGuard.Server;

namespace AdmissionGuard.Tests.Server;

/// <summary>Whoever holds all that it can get leaves the others theirs.</summary>
public sealed class BodyRoomTests
{
    private const long Total = 24 << 20;

    private static readonly Caller ApiServer = new(Proof.ApiServer, IPAddress.Loopback);

    [Fact]
    public void Strangers_at_every_address_leave_half_to_the_API_server()
    {
        var room = new BodyRoom(Total);
        for (var address = 0; address < 50; address++)
            Fill(room, Stranger(address), 1 << 20);
        Assert.InRange(room.InFlight, Total / 4, Total / 2);
        using var review = room.For(ApiServer);
        Assert.True(review.Grow(8 << 20));
    }

    [Fact]
    public void One_address_gets_a_quarter_of_what_strangers_have()
    {
        var room = new BodyRoom(Total);
        Fill(room, Stranger(1), 1 << 20);
        Fill(room, Stranger(1), 4 << 10);
        Assert.InRange(room.InFlight, Total / 16, Total / 8);
        using var other = room.For(Stranger(2));
        Assert.True(other.Grow(1 << 20));
    }

    [Theory]
    [InlineData(Proof.ApiServer)]
    [InlineData(Proof.NotAsked)]
    [InlineData(Proof.None)]
    public void Large_bodies_leave_room_for_small_ones_of_the_same_caller(object proof)
    {
        var room = new BodyRoom(Total);
        var caller = new Caller((Proof)proof, IPAddress.Loopback);
        Fill(room, caller, 512 << 10);
        for (var i = 0; i < 5; i++)
            Assert.True(room.For(caller).Grow(64 << 10));
        Assert.False(room.For(caller).Grow(512 << 10));
    }

    /// <summary>A large body is small before it is large.</summary>
    [Fact]
    public void A_body_that_grows_leaves_the_room_of_the_small_ones()
    {
        var room = new BodyRoom(Total);
        var held = room.For(ApiServer);
        for (var step = 0; step < 6000; step++)
        {
            if (!held.Grow(4 << 10))
                break;
        }
        Assert.Equal(Total - (Total / 8), held.Bytes);
        Assert.True(room.For(ApiServer).Grow(64 << 10));
        held.Dispose();
        held.Dispose();
        Assert.Equal(64 << 10, room.InFlight);
    }

    [Fact]
    public void Where_no_proof_is_asked_for_one_address_leaves_a_quarter_to_others()
    {
        var room = new BodyRoom(Total);
        Fill(room, new Caller(Proof.NotAsked, IPAddress.Loopback), 1 << 20);
        Assert.True(room.For(new Caller(Proof.NotAsked, IPAddress.Parse("10.0.0.1"))).Grow(2 << 20));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void A_network_of_one_machine_is_one_place(string one, string other, bool same) =>
        Assert.Equal(same, Caller.PlaceOf(IPAddress.Parse(one)).Equals(Caller.PlaceOf(IPAddress.Parse(other))));

    private static Caller Stranger(int at) => new(Proof.None, new IPAddress([10, 0, 0, (byte)at]));

    private static void Fill(BodyRoom room, Caller caller, long size)
    {
        for (var i = 0; i < 10_000 && room.For(caller).Grow(size); i++)
            Assert.True(i < 9_999);
    }
}
