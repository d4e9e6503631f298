// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// The smart contract of Casillo et al., "Decentralized approach for data security of Medical IoT Devices", §3.3, written
/// anew from the paper: its two structures with their spelling, registration, verification by ecrecover, and insertion.
contract IoTDevices {
    struct IoTDevice {
        bool registred;
        address owner;
        bytes32[] data;
    }

    mapping(address => IoTDevice) private registered_devices;
    mapping(address => address[]) private devices_association;

    /// §3.1: ties a device to its owner; others are rejected until she removes it.
    function register(address device) public {
        require(!registered_devices[device].registred, "registered already");
        registered_devices[device].registred = true;
        registered_devices[device].owner = msg.sender;
    }

    /// The same, with the list of an owner's devices. The gas of the paper's table leaves no room for it.
    function registerAndList(address device) external {
        register(device);
        devices_association[msg.sender].push(device);
    }

    /// §3.2: whether a registered device signed the data.
    function verify(address device, bytes32 data, uint8 v, bytes32 r, bytes32 s) public {
        require(registered_devices[device].registred, "not registered");
        require(ecrecover(keccak256(abi.encodePacked(data)), v, r, s) == device, "not signed by the device");
    }

    function verifyAndInsert(address device, bytes32 data, uint8 v, bytes32 r, bytes32 s) external {
        verify(device, data, v, r, s);
        registered_devices[device].data.push(data);
    }

    function count(address device) external view returns (uint256) {
        return registered_devices[device].data.length;
    }
}
